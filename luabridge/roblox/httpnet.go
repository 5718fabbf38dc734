package roblox

import (
	"context"
	"net"
	"net/url"
	"slices"
	"time"

	lua "github.com/yuin/gopher-lua"

	"savestone/luabridge/vm"
)

// netMax is how many requests a server may make a minute beside those to Open Cloud (R223).
const netMax = 500

// What requests to the network are refused with.
const (
	netRateText = "Number of requests exceeded limit"
	netDownText = "HttpError: ConnectFail"
	netSlowText = "HttpError: Timedout"
)

// netPace is the time that passes at once while an answer is awaited, real and virtual alike.
const netPace = time.Millisecond

// onNet reports whether an address is one that scripts were let out to.
func (c Call) onNet(u *url.URL) bool {
	o := c.Server.options
	return o.Net != nil && (u.Scheme == "http" || u.Scheme == "https") &&
		(slices.Contains(o.NetHosts, u.Host) || slices.Contains(o.NetHosts, u.Hostname()))
}

// netHeaders reads the headers of a request to the network, which may have any.
func (c Call) netHeaders(value lua.LValue) map[string]string {
	headers := map[string]string{}
	if value == lua.LNil {
		return headers
	}
	table, ok := value.(*lua.LTable)
	if !ok {
		c.cannotCast(value, "Dictionary")
	}
	for key, value := vm.Next(table, lua.LNil); key != lua.LNil; key, value = vm.Next(table, key) {
		if secret, ok := asSecret(value); ok {
			headers[vm.Text(key)] = secret.text
		} else if text, ok := acceptString(nil, value); ok {
			headers[vm.Text(key)] = string(text.(lua.LString))
		} else {
			c.cannotCast(value, "string")
		}
	}
	return headers
}

// fetchNet sends a request to the network. Other threads go on meanwhile: time passes for them as
// fast as it really does.
func (c Call) fetchNet(thread *vm.Thread, request FetchRequest) (answer FetchResponse) {
	if !c.Self.Data.(*httpService).net.allow(c.Server.Now(), netMax) {
		c.Raise(netRateText)
	}
	var failed error
	thread.Block(func() {
		ctx, cancel := context.WithCancel(c.Server.Context())
		done := make(chan struct{})
		go func() {
			defer close(done)
			answer, failed = c.Server.options.Net(ctx, request)
		}()
		defer func() {
			cancel()
			<-done
		}()
		for !within(netPace, done) {
			if c.Server.VM.Sim.Sleep(ctx, netPace) != nil {
				return
			}
		}
	})
	if failed != nil {
		if timeout, ok := failed.(net.Error); ok && timeout.Timeout() {
			c.Raise(netSlowText)
		}
		c.Raise(netDownText)
	}
	return answer
}

// within waits for a real time at most, and reports whether it is done.
func within(pace time.Duration, done <-chan struct{}) bool {
	pause, cancel := context.WithTimeout(context.Background(), pace)
	defer cancel()
	select {
	case <-done:
		return true
	case <-pause.Done():
		return false
	}
}
