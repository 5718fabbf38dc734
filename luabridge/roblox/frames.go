package roblox

import (
	"time"

	lua "github.com/yuin/gopher-lua"

	"savestone/luabridge/sched"
)

// frames is the server's frame clock: 60 a second, counted from the server's start in whole
// numbers, so that no error adds up. A frame is only simulated while someone listens to its events;
// waiting threads need no more than its time.
type frames struct {
	server *Server
	timer  *sched.Timer // of the next frame, while frames are simulated
}

const framesPerSecond = 60

// time returns when a frame is.
func (f *frames) time(number int64) time.Time {
	whole, rest := number/framesPerSecond, number%framesPerSecond
	return f.server.start.Add(time.Duration(whole)*time.Second +
		time.Duration(rest)*time.Second/framesPerSecond)
}

// at returns the number of the first frame at or after t.
func (f *frames) at(t time.Time) int64 {
	since := t.Sub(f.server.start)
	whole, rest := int64(since/time.Second), since%time.Second
	number := whole*framesPerSecond + int64(rest)*framesPerSecond/int64(time.Second)
	for f.time(number).Before(t) {
		number++
	}
	return number
}

// next returns the number of the first frame that is later than now.
func (f *frames) next() int64 { return f.at(f.server.Now().Add(1)) }

// after returns the time of the first frame at or after a wait that begins now, and later than now
// (R237).
func (f *frames) after(wait time.Duration) time.Time {
	return f.time(max(f.at(f.server.Now().Add(wait)), f.next()))
}

// frameEvents are the events of one frame, in their order (R236). Threads whose wait ends with the
// frame go on before the last of them.
var frameEvents = []string{
	"PreAnimation", "PreSimulation", "Stepped", "PostSimulation", "Heartbeat",
}

// listen has frames simulated from now on, as long as someone listens.
func (f *frames) listen() {
	if f.timer == nil && !f.server.Closed() {
		number := f.next()
		wait := f.time(number).Sub(f.server.Now())
		f.timer = f.server.later(wait, func() { f.simulate(number) })
	}
}

func (f *frames) simulate(number int64) {
	run := f.server.Service("RunService")
	now := f.time(number)
	step := inSeconds(now.Sub(f.time(number - 1)))
	run.fire("PreAnimation", step)
	run.fire("PreSimulation", step)
	run.fire("Stepped", inSeconds(now.Sub(f.server.start)), step)
	run.fire("PostSimulation", step)
	f.timer = f.server.later(0, func() {
		run.fire("Heartbeat", step)
		f.timer = nil
		for _, name := range frameEvents {
			if run.Signal(name).Connected() > 0 {
				f.listen()
			}
		}
	})
}

// inSeconds returns a duration as scripts see it.
func inSeconds(d time.Duration) lua.LNumber {
	return lua.LNumber(float64(d) / float64(time.Second))
}
