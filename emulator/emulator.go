package emulator

import (
	"context"
	"fmt"
	"sync"
)

// InMemory is the path of a database that lives in memory and ends with Close.
const InMemory = ":memory:"

// Options adjust an Emulator; the zero value is Roblox's default.
type Options struct {
	Clock Clock // Wall{} if nil

	_ struct{}
}

// Emulator is a universe's data stores: the Service at the end of every chain. It may be used by
// many goroutines at once; requests are done one after the other (R192).
type Emulator struct {
	clock Clock

	mu sync.Mutex
	db *database   // nil after Close
	tx transaction // the one under way; it is here so that a request allocates none
}

// Open returns an Emulator over the database at path, which is made if there is none; its folder
// must exist. InMemory gives an empty one of its own.
func Open(ctx context.Context, path string, o Options) (*Emulator, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("open database %q: %w", path, err)
	}
	db, err := openDatabase(path)
	if err != nil {
		return nil, fmt.Errorf("open database %q: %w", path, err)
	}
	if o.Clock == nil {
		o.Clock = Wall{}
	}
	return &Emulator{clock: o.Clock, db: db}, nil
}

// Close releases the database. Requests after it get ErrClosed; closing again does nothing.
func (e *Emulator) Close() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.db == nil {
		return nil
	}
	err := e.db.close()
	e.db = nil
	return err
}

// Do answers req. See Service.
func (e *Emulator) Do(ctx context.Context, req Request) (Result, error) {
	if err := req.Check(); err != nil {
		return Result{}, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return Result{}, fmt.Errorf("%s %q: %w", req.Op, req.Key, err)
	}
	return e.perform(&req)
}

// perform does a checked request as one transaction. e.mu is held.
func (e *Emulator) perform(req *Request) (Result, error) {
	if e.db == nil {
		return Result{}, ErrClosed
	}
	result, err := e.transact(req)
	if err == nil {
		return result, nil
	}
	if _, named := err.(*Error); !named {
		err = fmt.Errorf("%s %q: %w", req.Op, req.Key, err)
	}
	return Result{}, err
}

func (e *Emulator) transact(req *Request) (Result, error) {
	run := operation(req)
	if run == nil {
		return Result{}, fmt.Errorf("%s stores: %w", req.Store.Kind, ErrNotEmulated)
	}
	e.tx = transaction{db: e.db, req: *req, now: ticksOf(e.clock.Now())}
	defer func() { e.tx = transaction{} }()
	if req.Op == OpGet {
		return e.tx.do(run)
	}
	if err := e.db.begin(); err != nil {
		return Result{}, err
	}
	result, err := e.tx.do(run)
	return result, e.db.end(err)
}

// operation is the one place where operations are told apart; nil is for those that do not exist.
func operation(req *Request) func(*transaction) (Result, error) {
	switch req.Store.Kind {
	case Standard:
		switch req.Op {
		case OpGet:
			return (*transaction).get
		case OpPut:
			return (*transaction).put
		case OpIncrement:
			return (*transaction).increment
		case OpRemove:
			return (*transaction).remove
		}
	case Ordered:
		switch req.Op {
		case OpGet:
			return (*transaction).getOrdered
		case OpPut:
			return (*transaction).putOrdered
		case OpIncrement:
			return (*transaction).incrementOrdered
		case OpRemove:
			return (*transaction).removeOrdered
		}
	}
	return nil
}

// transaction is one request being done, at one instant.
type transaction struct {
	db    *database
	req   Request
	now   ticks
	store int64 // the store's row, 0 while it has none
}

func (tx *transaction) do(run func(*transaction) (Result, error)) (Result, error) {
	var err error
	if tx.store, err = tx.db.store(tx.req.Store); err != nil {
		return Result{}, err
	}
	return run(tx)
}

// makeStore gives the store a row, so that it exists from its first entry on (R4).
func (tx *transaction) makeStore() (err error) {
	if tx.store == 0 {
		tx.store, err = tx.db.insertStore(tx.req.Store, tx.now)
	}
	return err
}
