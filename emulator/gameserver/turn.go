package gameserver

import (
	"context"
	"slices"
	"time"
)

// turnPoll is how often a waiting call looks whether its turn has come: once a frame, like all that
// waits in Roblox. A Clock can only let time pass; there is nothing to be woken by.
const turnPoll = time.Second / 60

// turns makes the calls of Update on one key wait for each other, in the order they were made.
type turns struct {
	queues map[string][]uint64 // by key: tickets of calls under way, the one served first
	last   uint64              // the ticket drawn last
}

// takeTurn waits until every earlier call of Update on key is done. If it returns no error, the
// caller must call leave.
func (st *Store) takeTurn(ctx context.Context, key string) (leave func(), err error) {
	ticket := st.drawTicket(key)
	served := false
	defer func() {
		if !served { // also when the waiting task was killed
			st.dropTicket(key, ticket)
		}
	}()
	for !st.isServed(key, ticket) {
		if err := st.server.clock.Sleep(ctx, turnPoll); err != nil {
			return nil, err
		}
	}
	served = true
	return func() { st.dropTicket(key, ticket) }, nil
}

func (st *Store) drawTicket(key string) uint64 {
	st.server.mu.Lock()
	defer st.server.mu.Unlock()
	st.turns.last++
	st.turns.queues[key] = append(st.turns.queues[key], st.turns.last)
	return st.turns.last
}

func (st *Store) isServed(key string, ticket uint64) bool {
	st.server.mu.Lock()
	defer st.server.mu.Unlock()
	return st.turns.queues[key][0] == ticket
}

func (st *Store) dropTicket(key string, ticket uint64) {
	st.server.mu.Lock()
	defer st.server.mu.Unlock()
	queue := st.turns.queues[key]
	queue = slices.DeleteFunc(queue, func(t uint64) bool { return t == ticket })
	if len(queue) == 0 {
		delete(st.turns.queues, key)
		return
	}
	st.turns.queues[key] = queue
}
