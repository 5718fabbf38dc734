package roblox

import (
	"context"
	"time"

	lua "github.com/yuin/gopher-lua"

	"savestone/emulator/memorystore"
	"savestone/luabridge/machine"
	"savestone/luabridge/vm"
)

// memoryQueue is what a queue object is about. Two objects of one queue may make what they read
// invisible for different times (R209).
type memoryQueue struct {
	*memorystore.Queue
	invisible time.Duration
}

// memoryQueueClass is the queue (section 24.4).
func memoryQueueClass() *Class {
	return &Class{
		Name: "MemoryStoreQueue", Super: "Instance",
		Methods: map[string]Method{
			"AddAsync": queueAdd, "ReadAsync": queueRead, "RemoveAsync": queueRemove,
			"GetSizeAsync": queueSize,
		},
	}
}

func (c Call) queue() memoryQueue { return c.Self.Data.(memoryQueue) }

func queueAdd(c Call) int {
	thread := vm.MustYield(c.L)
	value, expiration := c.memoryValue(1), wholeSeconds(c.Int(2))
	priority := c.OptNumber(3, 0)
	c.memoryRequest(thread, func(ctx context.Context) error {
		_, err := c.queue().Add(ctx, value, expiration, priority)
		return err
	})
	return 0
}

// queueRead returns the values at the front of the queue and an id for RemoveAsync, or an empty
// list and nil (R209, assumed).
func queueRead(c Call) int {
	thread := vm.MustYield(c.L)
	read := memorystore.Read{
		Count: int(c.Int(1)), AllOrNothing: c.OptBool(2, false), Invisible: c.queue().invisible,
		Wait: readWait(c.OptNumber(3, -1)),
	}
	if read.Count < 1 || read.Count > memorystore.ReadCountEngineMax {
		c.refuseMemory(memorystore.CountInvalid(memorystore.ReadCountEngineMax))
	}
	var got memorystore.Reading
	c.memoryRequest(thread, func(ctx context.Context) (err error) {
		got, err = c.queue().Read(ctx, read)
		return err
	})
	values := c.Server.VM.NewTable(len(got.Items), 0)
	for i, item := range got.Items {
		machine.SetItem(values, i+1, c.fromMemory(item.Value))
	}
	if got.ID == "" {
		return c.Return(values, lua.LNil)
	}
	return c.Return(values, lua.LString(got.ID))
}

// readWait returns how long a reader waits: without end for a negative number of seconds.
func readWait(wait float64) time.Duration {
	if wait < 0 || forever(wait) {
		return -1
	}
	return seconds(wait)
}

func queueRemove(c Call) int {
	thread := vm.MustYield(c.L)
	id := c.String(1)
	c.memoryRequest(thread, func(ctx context.Context) error { return c.queue().Remove(ctx, id) })
	return 0
}

func queueSize(c Call) int {
	thread := vm.MustYield(c.L)
	excludeInvisible := c.OptBool(1, false)
	size := 0
	c.memoryRequest(thread, func(ctx context.Context) (err error) {
		size, err = c.queue().Size(ctx, excludeInvisible)
		return err
	})
	return c.Return(lua.LNumber(size))
}
