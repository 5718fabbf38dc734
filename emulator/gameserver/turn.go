package gameserver

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// turnPoll is how often a waiting call looks whether its turn has come: once a frame, like all that
// waits in Roblox. A Clock can only let time pass; there is nothing to be woken by.
const turnPoll = time.Second / 60

// turns makes the calls of Update on one entry wait for each other, in the order they were made: by
// entry, the tickets of calls under way, the one served first.
type turns map[entryID][]uint64

// turn is one call's place in the order.
type turn struct {
	server *Server
	entry  entryID
	ticket uint64
}

// drawTurn takes the last place. The caller must leave it, whatever happens.
func (s *Server) drawTurn(entry entryID) *turn {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lastTicket++
	s.turns[entry] = append(s.turns[entry], s.lastTicket)
	return &turn{s, entry, s.lastTicket}
}

// wait waits until every earlier call is done.
func (t *turn) wait(ctx context.Context) error {
	for !t.isServed() {
		if err := t.server.clock.Sleep(ctx, turnPoll); err != nil {
			return fmt.Errorf("wait for earlier updates of %q: %w", t.entry.key, err)
		}
	}
	return nil
}

func (t *turn) isServed() bool {
	t.server.mu.Lock()
	defer t.server.mu.Unlock()
	return t.server.turns[t.entry][0] == t.ticket
}

// leave gives the place up, also when the task that has it was killed.
func (t *turn) leave() {
	t.server.mu.Lock()
	defer t.server.mu.Unlock()
	all := t.server.turns
	left := slices.DeleteFunc(all[t.entry], func(ticket uint64) bool { return ticket == t.ticket })
	if len(left) == 0 {
		delete(all, t.entry)
		return
	}
	all[t.entry] = left
}
