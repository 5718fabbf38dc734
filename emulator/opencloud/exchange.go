package opencloud

import (
	"cmp"
	"net/http"
	"runtime/debug"
	"time"

	"savestone/emulator"
)

// Exchange is a request and what it came to, for logs. It holds no secret: neither the key that was
// shown nor a value.
type Exchange struct {
	Route    string // its name in the table of routes, "" if there is none
	Method   string
	Path     string // as it was sent
	Universe int64
	Store    string // "" if the request is about none, as are Scope and Key
	Scope    string
	Key      string
	Status   int
	Version  string        // of the entry that was read or written, if the answer tells it
	Reason   string        // why it was refused
	Received int           // bytes of the body
	Sent     int           // bytes of the answer's body
	Took     time.Duration // of real time
}

// exchange tells what a request came to.
func (c *call) exchange(answer response, began time.Time) Exchange {
	x := Exchange{
		Route: c.route.name, Method: c.http.Method, Path: c.http.URL.Path, Universe: c.universe,
		Store: c.storeName(), Status: answer.status, Version: answer.version,
		Received: len(c.body), Sent: len(answer.body),
		Reason: answer.value("Savestone-Reason"), Took: emulator.Wall{}.Now().Sub(began),
	}
	x.Key = cmp.Or(c.vars["entry"], c.vars["item"])
	x.Scope = c.vars["scope"]
	if c.query != nil {
		x.Key = cmp.Or(x.Key, c.param("entryKey"), c.param("id"))
		x.Scope = cmp.Or(x.Scope, c.param("scope"))
	}
	return x
}

// finish writes the answer and tells of it.
func (c *call) finish(w http.ResponseWriter, answer response, began time.Time) {
	answer.write(w)
	if c.handler.options.Done != nil {
		c.handler.options.Done(c.exchange(answer, began))
	}
}

// recovered runs what answers a request. A panic is a bug of this program; whoever asked is told
// that the server failed, in the route's own form, and the others are served on.
func (c *call) recovered(run func() (response, error)) (answer response, err error) {
	defer func() {
		what := recover()
		if what == nil {
			return
		}
		if c.handler.options.Panicked != nil {
			c.handler.options.Panicked(what, debug.Stack())
		}
		f := &failure{code: internal, detail: "Unknown", message: "An internal error occurred."}
		answer, err = response{}, f.because("a bug in savestone: please report what it printed")
	}()
	return run()
}
