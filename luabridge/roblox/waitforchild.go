package roblox

import (
	"fmt"
	"time"

	lua "github.com/yuin/gopher-lua"

	"savestone/luabridge/vm"
)

// childWaiter is a thread in WaitForChild.
type childWaiter struct {
	name   string
	thread *vm.Thread
	object *lua.LUserData // keeps the thread while it waits
	woken  bool
}

func (w *childWaiter) wake(value lua.LValue) {
	if !w.woken && w.thread.Status() == vm.Suspended {
		w.woken = true
		w.thread.Wake(value)
	}
}

// infiniteYieldAfter is when WaitForChild without a timeout warns (R250).
const infiniteYieldAfter = 5 * time.Second

func waitForChild(c Call) int {
	self, name := c.Self, c.String(1)
	if child := self.FindFirstChild(name); child != nil {
		return c.Return(child.object)
	}
	thread := vm.MustYield(c.L)
	w := &childWaiter{name: name, thread: thread, object: thread.Object()}
	self.waiting = append(self.waiting, w)
	timer := c.Server.VM.Sim.After(infiniteYieldAfter, func() {
		c.Server.Print(Message{Kind: Warning, Text: fmt.Sprintf(
			"Infinite yield possible on '%s:WaitForChild(\"%s\")'", self.FullName(), name)})
	})
	if c.Value(2) != lua.LNil {
		timer.Stop()
		wait := seconds(c.Number(2))
		timer = c.Server.VM.Sim.At(c.Server.frames.after(wait), func() { w.wake(lua.LNil) })
	}
	defer func() { // also when the thread is killed
		timer.Stop()
		self.waiting = without(self.waiting, w)
	}()
	return c.Return(thread.Yield(nil)...)
}

// childAppeared wakes those who wait for a child of its name.
func (i *Instance) childAppeared(child *Instance) {
	for _, w := range i.waiting {
		if w.name == child.name {
			w.wake(child.object)
		}
	}
}

// seconds turns a number of a script's into a duration; one that is not a number is none.
func seconds(n float64) time.Duration {
	const secondsMax = float64(1<<63-1) / float64(time.Second) / 2
	switch {
	case !(n > 0):
		return 0
	case n > secondsMax:
		n = secondsMax
	}
	return time.Duration(n * float64(time.Second))
}
