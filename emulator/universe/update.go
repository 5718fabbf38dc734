package universe

import (
	"context"
	"errors"
	"fmt"
	"time"

	"savestone/emulator"
	"savestone/emulator/gameserver"
)

// UpdatePatience is how long a transform may take, in real time: it must not wait (R81), and other
// updates of its key do meanwhile.
const UpdatePatience = 30 * time.Second

// ErrNoUpdate answers the name of an update that is not, or no more, under way.
var ErrNoUpdate = fmt.Errorf("there is no such update; it ends when it is committed or "+
	"cancelled, and after %s", UpdatePatience)

// update is an UpdateAsync whose transform runs at a client.
type update struct {
	*gameserver.Updating
	stop context.CancelFunc // of its alarm
}

// BeginUpdate reads an entry for a client to transform. The update goes by the name that comes with
// it, until CommitUpdate or CancelUpdate.
func (s *Server) BeginUpdate(
	ctx context.Context, store *gameserver.Store, key string,
) (name string, current emulator.Result, err error) {
	updating, err := store.BeginUpdate(ctx, key)
	if err != nil {
		return "", emulator.Result{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	name = s.nextUpdate()
	s.wait(name, &update{Updating: updating})
	return name, updating.Current(), nil
}

// wait keeps an update while its client transforms, and ends it if that takes too long. s.mu is
// held.
func (s *Server) wait(name string, u *update) {
	alarm, stop := context.WithCancel(s.universe.ctx)
	u.stop = stop
	s.updates[name] = u
	s.universe.work.Go(func() {
		defer stop()
		if s.universe.wall().Sleep(alarm, UpdatePatience) != nil {
			return
		}
		s.mu.Lock()
		late := s.updates[name] == u && alarm.Err() == nil
		if late {
			delete(s.updates, name)
		}
		s.mu.Unlock()
		if late {
			u.End()
		}
	})
}

// take takes an update that waits for its client.
func (s *Server) take(name string) (*update, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.updates[name]
	if u == nil {
		return nil, fmt.Errorf("update %q: %w", name, ErrNoUpdate)
	}
	delete(s.updates, name)
	u.stop()
	return u, nil
}

// CommitUpdate writes what a client made of an entry. After emulator.ErrVersionConflict, the update
// goes on under its name, and the result is what the client has to transform now.
func (s *Server) CommitUpdate(
	ctx context.Context, name string, change gameserver.Change,
) (emulator.Result, error) {
	u, err := s.take(name)
	if err != nil {
		return emulator.Result{}, err
	}
	result, err := u.Commit(ctx, change)
	if !errors.Is(err, emulator.ErrVersionConflict) {
		u.End()
		return result, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.wait(name, u)
	return u.Current(), err
}

// CancelUpdate ends an update that leaves its entry as it is (R76).
func (s *Server) CancelUpdate(name string) error {
	u, err := s.take(name)
	if err == nil {
		u.End()
	}
	return err
}

// endUpdates ends all that wait for their client.
func (s *Server) endUpdates() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for name, u := range s.updates {
		u.stop()
		u.End()
		delete(s.updates, name)
	}
}

// wall is the clock by which clients' patience goes.
func (u *Universe) wall() emulator.Clock {
	if u.options.Clock == nil {
		return emulator.Wall{}
	}
	return u.options.Clock
}
