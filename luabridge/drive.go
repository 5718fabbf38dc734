package luabridge

import (
	"context"
	"fmt"
	"time"

	"savestone/luabridge/roblox"
)

// RunScripts starts every Script that a server runs (R254), in tree order.
func (g *Game) RunScripts() {
	for _, container := range []string{"Workspace", "ServerScriptService", "ReplicatedStorage"} {
		service := g.FindService(container)
		if service == nil {
			continue
		}
		for _, instance := range service.Descendants() {
			if runs(instance, container) {
				g.RunScript(instance)
			}
			if g.exited {
				return
			}
		}
	}
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

// ShutDown closes the server as Roblox closes one that players left: they leave, BindToClose
// functions get their 30 s (R226), and then everything ends.
func (g *Game) ShutDown(ctx context.Context) error {
	for _, player := range g.Players() {
		g.Leave(player, "Unknown")
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
