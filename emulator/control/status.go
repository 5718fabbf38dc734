package control

import (
	"net/http"

	"savestone/emulator"
	"savestone/emulator/universe"
)

// Health tells that the server answers.
type Health struct {
	Status string `json:"status" doc:"ok"`
}

// Ready tells that the server's data can be used.
type Ready struct {
	Ready     bool `json:"ready"`
	Universes int  `json:"universes" doc:"that are in use"`
}

// Status is what there is to know of a server at a glance.
type Status struct {
	Version   string           `json:"version"`
	PID       int              `json:"pid"`
	Started   string           `json:"started" doc:"in real time"`
	Profile   string           `json:"profile" doc:"whose limits are held"`
	Auth      string           `json:"auth" doc:"who is let in to Open Cloud: open or keys"`
	Requests  uint64           `json:"requests" doc:"answered since the start"`
	Universes []UniverseStatus `json:"universes"`
}

// UniverseStatus is one universe at a glance.
type UniverseStatus struct {
	Universe int64  `json:"universe"`
	Data     string `json:"data" doc:"the database, or :memory:"`
	Users    int    `json:"users"`
	Servers  int    `json:"servers"`
	Faults   int    `json:"faults" doc:"rules that are on"`
	Clock    Clock  `json:"clock"`
	Usage    *Usage `json:"usage,omitempty" doc:"if the parameter usage asks for it"`
}

// Usage is what a universe's data takes of its room.
type Usage struct {
	Keys            int   `json:"keys"`
	JSONBytes       int64 `json:"jsonBytes"`
	CompressedBytes int64 `json:"compressedBytes" doc:"which is what Roblox counts"`
}

func (c *call) health() (any, error) { return Health{"ok"}, nil }

// ready looks whether each universe that is in use can be read.
func (c *call) ready() (any, error) {
	all := c.handler.options.Universes.All()
	for _, u := range all {
		store := emulator.StoreID{Name: "savestone", Scope: defaultScope}
		if _, err := u.Emulator.Peek(store, "ready"); err != nil {
			return nil, &problem{http.StatusServiceUnavailable, err.Error()}
		}
	}
	if len(all) == 0 && c.handler.options.Universes.Only() != 0 {
		return nil, &problem{http.StatusServiceUnavailable, "the universe is not open"}
	}
	return Ready{true, len(all)}, nil
}

func (c *call) status() (any, error) {
	measure := c.query.Get("usage")
	if measure != "" && measure != "true" && measure != "false" {
		return nil, wrong("got usage %q, want true or false", measure)
	}
	h := c.handler
	requests, _ := h.log.counts()
	shown := Status{
		Version: h.options.Version, PID: h.options.PID, Started: shownTime(h.started),
		Profile: h.profile(), Auth: h.options.OpenCloud.Auth.String(), Requests: requests,
		Universes: []UniverseStatus{},
	}
	for _, u := range h.options.Universes.All() {
		s := shownUniverse(u)
		if measure == "true" {
			usage, err := u.Emulator.Usage(c.http.Context())
			if err != nil {
				return nil, err
			}
			s.Usage = &Usage{usage.Keys, usage.JSONBytes, usage.CompressedBytes}
		}
		shown.Universes = append(shown.Universes, s)
	}
	return shown, nil
}

func shownUniverse(u *universe.Universe) UniverseStatus {
	s := UniverseStatus{
		Universe: u.ID, Data: u.Path, Users: u.Users(), Servers: len(u.Servers()),
		Clock: shownClock(u.Clock),
	}
	for _, f := range u.Faults.List() {
		if f.On && !f.Spent() {
			s.Faults++
		}
	}
	return s
}
