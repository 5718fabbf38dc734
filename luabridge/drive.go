package luabridge

import (
	"context"
	"fmt"
	"time"

	"savestone/luabridge/roblox"
)

// scriptContainers are the services whose Scripts run (R254).
var scriptContainers = []string{"Workspace", "ServerScriptService", "ReplicatedStorage"}

// RunScripts starts every Script that a server runs (R254), in tree order. Those that scripts put
// into the tree later, or enable, run from then on.
func (g *Game) RunScripts() {
	for _, container := range scriptContainers {
		service := g.FindService(container)
		if service == nil {
			continue
		}
		for _, instance := range service.Descendants() {
			if runs(instance, container) && !g.ran[instance] {
				g.RunScript(instance)
			}
			if g.exited {
				return
			}
		}
	}
}

// placed runs a Script that was put where Scripts run, once the thread that did it has yielded.
func (g *Game) placed(script *roblox.Instance) {
	if !g.running || g.ran[script] {
		return
	}
	g.sim.After(0, func() {
		for _, container := range scriptContainers {
			service := g.FindService(container)
			if service != nil && script.IsDescendantOf(service) && runs(script, container) &&
				!g.ran[script] && !g.Closed() {
				g.RunScript(script)
			}
		}
	})
}

// RunScript starts a Script. From the first one on, those that come to where Scripts run do.
func (g *Game) RunScript(script *roblox.Instance) {
	g.running, g.ran[script] = true, true
	g.Server.RunScript(script)
}

// runs reports whether a Script runs by itself in a container: one with RunContext Server runs in
// ReplicatedStorage too, a Legacy one does not.
func runs(script *roblox.Instance, container string) bool {
	if script.ClassName() != "Script" || script.Value("Enabled").String() != "true" {
		return false
	}
	switch roblox.AsEnumItem(script.Value("RunContext")).Name {
	case "Legacy":
		return container != "ReplicatedStorage"
	case "Server":
		return true
	}
	return false
}

// Outcome tells why a run ended.
type Outcome uint8

// The reasons.
const (
	Idle     Outcome = iota // nothing was left to do
	Exited                  // ProcessService:ExitAsync was called
	TimeUp                  // the horizon was reached
	Stopped                 // the limit stopped all scripts
	Canceled                // the context was done
)

// stepsPerLook is how many events happen between two looks at the context.
const stepsPerLook = 256

// Drain lets virtual time pass until nothing is left to do, or until the horizon if it is not zero.
func (g *Game) Drain(ctx context.Context, horizon time.Time) Outcome {
	for steps := 0; ; steps++ {
		if g.exited {
			return Exited
		}
		if g.stopped() {
			return Stopped
		}
		if steps%stepsPerLook == 0 && ctx.Err() != nil {
			return Canceled
		}
		next, ok := g.sim.Next()
		if !ok {
			return Idle
		}
		if !horizon.IsZero() && next.After(horizon) {
			g.sim.RunUntil(horizon)
			return TimeUp
		}
		g.sim.Step()
	}
}

// Exited reports whether ProcessService:ExitAsync was called.
func (g *Game) Exited() bool { return g.exited }

// ExitCode returns what ProcessService:ExitAsync was called with, 0 if it was not.
func (g *Game) ExitCode() int { return g.exitCode }

// ShutDown closes the server as Roblox closes one that players left: they leave, and when the
// handlers of PlayerRemoving have begun, BindToClose functions get their 30 s (R226, R228). Then
// everything ends.
func (g *Game) ShutDown(ctx context.Context) error {
	for _, player := range g.Players() {
		g.Leave(player, "Unknown")
	}
	for !g.stopped() && ctx.Err() == nil {
		next, ok := g.sim.Next()
		if !ok || next.After(g.sim.Now()) {
			break
		}
		g.sim.Step()
	}
	if err := g.Shutdown("ServerEmpty", func(roblox.Closed) {}); err != nil {
		return err
	}
	for steps := 0; !g.Closed() && !g.stopped() && g.sim.Step(); steps++ {
		if err := ctx.Err(); err != nil && steps%stepsPerLook == 0 {
			return fmt.Errorf("shut down: %w", err)
		}
	}
	return nil
}

func (g *Game) stopped() bool { return g.limit != nil && g.limit.Stopped() != "" }

// Close ends the server where it stands, as a crash would, and frees what it holds. The simulation
// ends with it.
func (g *Game) Close() { g.VM.Close() }
