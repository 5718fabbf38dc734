package gameserver

import (
	"fmt"

	"savestone/emulator"
)

// Access is what a game server may reach (section 22). Libraries tell these states apart by the
// text of the error that a first write gives them.
type Access uint8

// The states of access.
const (
	Live        Access = iota // a published place on Roblox's servers (R191)
	Studio                    // Studio, allowed to use the universe's live data
	StudioNoAPI               // Studio, "Enable Studio Access to API Services" is off
	Unpublished               // a place that was never published: no store can be had (R21)
	Offline                   // no network
)

var accessNames = [...]string{
	Live: "live", Studio: "studio", StudioNoAPI: "studio_no_api",
	Unpublished: "unpublished", Offline: "offline",
}

// String returns the state's name, as configuration spells it.
func (a Access) String() string {
	if int(a) < len(accessNames) {
		return accessNames[a]
	}
	return fmt.Sprintf("access %d", uint8(a))
}

// AccessNames lists the states, live first.
func AccessNames() []string { return accessNames[:] }

// ParseAccess is the inverse of String.
func ParseAccess(name string) (Access, error) {
	for a, n := range accessNames {
		if n == name {
			return Access(a), nil
		}
	}
	return Live, fmt.Errorf("access %q: want one of %q", name, accessNames)
}

// What a server without access answers, beside emulator.ErrStudioAccess and ErrStudioRefused.
var (
	// ErrUnpublished is what getting a store throws in a place that was never published (R21).
	ErrUnpublished = &emulator.Error{
		Name:    "Unpublished",
		Message: "You must publish this place to the web to access DataStore.",
	}
	// ErrOffline is what a request meets without a network. Only the word ConnectFail is known.
	ErrOffline = &emulator.Error{Name: "ConnectFail", Message: "HttpError: ConnectFail"}
)

// admissible tells why a call may not begin. Nothing is sent, and no budget is spent.
func (s *Server) admissible(m *method) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.closed:
		return emulator.ErrDataModelClosed // R228
	case s.access == Unpublished:
		return ErrUnpublished
	case s.access == StudioNoAPI && m.writes:
		return emulator.ErrStudioAccess
	case s.access == StudioNoAPI:
		return emulator.ErrStudioRefused
	}
	return nil
}

// sendable tells why a request may not leave: the server was closed while it waited (R228, that
// such a request gets 402 and a later one 401 is assumed), or there is no network.
func (s *Server) sendable() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.closed:
		return emulator.ErrLuaWebServiceClosed
	case s.access == Offline:
		return ErrOffline
	}
	return nil
}
