package gameserver

import (
	"context"
	"errors"

	"savestone/emulator"
)

// Updating is an Update taken apart, for a transform that runs elsewhere, such as in Studio: it
// stands between the read and the write. While it does, later updates of the entry wait (R87), so
// it must end. It is not for use by several goroutines at once.
type Updating struct {
	store   *Store
	turn    *turn
	read    *call
	write   *call // nil until the first Commit
	current emulator.Result
}

// BeginUpdate does what Update does before it calls its transform. Whoever calls it must call End.
func (st *Store) BeginUpdate(ctx context.Context, key string) (*Updating, error) {
	req, err := st.at(emulator.OpGet, key)
	if err != nil {
		return nil, err
	}
	if err := st.server.admissible(updateWriteMethod); err != nil {
		return nil, err
	}
	req.Updating = true
	u := &Updating{store: st, turn: st.server.drawTurn(entryOf(&req))}
	begun := false
	defer func() { // also when the waiting task was killed
		if !begun {
			u.End()
		}
	}()
	if u.read, err = st.server.charge(ctx, updateReadMethod, req); err != nil {
		return nil, err
	}
	if err := u.turn.wait(ctx); err != nil {
		return nil, err
	}
	if u.current, err = st.read(ctx, u.read); err != nil {
		return nil, err
	}
	begun = true
	return u, nil
}

// Current returns the entry that the transform has to be given.
func (u *Updating) Current() emulator.Result { return u.current }

// Commit writes a Change that cancels nothing. After emulator.ErrVersionConflict, somebody else has
// written: the transform has to answer anew, to what Current is then.
func (u *Updating) Commit(ctx context.Context, change Change) (emulator.Result, error) {
	put := emulator.Request{Op: emulator.OpPut, Store: u.read.req.Store, Key: u.read.req.Key}
	put.Value, put.UserIDs, put.Metadata = change.Value, change.UserIDs, change.Metadata
	version := u.current.Info.Version
	put.IfVersion = &version
	put.Updating, put.Unmetered = true, u.read.req.Unmetered
	err := put.Check()
	if err == nil && u.write == nil {
		u.write, err = u.store.server.charge(ctx, updateWriteMethod, put)
	}
	if err != nil {
		return emulator.Result{}, err
	}
	u.write.req = put
	result, err := u.store.write(ctx, u.write)
	if !errors.Is(err, emulator.ErrVersionConflict) {
		return result, err
	}
	u.read.req.Unmetered = true // the experience is charged once, as the server is (R85)
	current, readErr := u.store.read(ctx, u.read)
	if readErr != nil {
		return emulator.Result{}, readErr
	}
	u.current = current
	return emulator.Result{}, err
}

// End lets later updates of the entry go on. Ending again does nothing.
func (u *Updating) End() { u.turn.leave() }
