package emulator

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// InMemory is the path of a database that lives in memory and ends with Close.
const InMemory = ":memory:"

// Options adjust an Emulator; the zero value is Roblox's default.
type Options struct {
	Clock   Clock    // Wall{} if nil
	Profile *Profile // DefaultProfile() if nil

	// CCU tells how many users are in the whole experience now, which its budgets grow with (R178
	// to R181). It must not call the Emulator. With nil they are not held: who runs no players, as
	// a test of one store or a tool, is not measured against an empty experience.
	CCU func() int

	Durability Durability    // of a database in a file
	LockWait   time.Duration // for another process that writes to the same file; 0 is 5 seconds

	_ struct{}
}

// Durability says what a write that was answered survives.
type Durability uint8

// The degrees of durability.
const (
	Normal Durability = iota // the end of this process, however sudden
	Full                     // the loss of power too
)

// String returns the degree as the command line and SQLite spell it.
func (d Durability) String() string {
	if d == Full {
		return "full"
	}
	return "normal"
}

// Emulator is a universe's data stores: the Service at the end of every chain. It may be used by
// many goroutines at once; requests are done one after the other (R192).
type Emulator struct {
	clock   Clock
	profile *Profile
	shares  bool // writes share transactions
	group   group

	mu        sync.Mutex
	db        *database // nil after Close
	throttle  throttle
	tx        transaction // the last one; it is here so that a request allocates none
	purgeNext ticks       // when what has expired is deleted next
}

// Open returns an Emulator over the database at path, which is made if there is none; its folder
// must exist. InMemory gives an empty one of its own.
func Open(ctx context.Context, path string, o Options) (*Emulator, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("open database %q: %w", path, err)
	}
	db, err := openDatabase(path, o)
	if err != nil {
		return nil, fmt.Errorf("open database %q: %w", path, inPlainWords(err))
	}
	if o.Clock == nil {
		o.Clock = Wall{}
	}
	if o.Profile == nil {
		o.Profile = DefaultProfile()
	}
	return &Emulator{
		clock:    o.Clock,
		profile:  o.Profile,
		shares:   path != InMemory,
		db:       db,
		throttle: newThrottle(o.Profile, o.CCU),
	}, nil
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
	if e.profile.Strict {
		if err := req.checkStrictly(); err != nil {
			return Result{}, err
		}
	}
	if e.shares && req.Op.Writes() {
		return e.share(ctx, req)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.alone(ctx, &req)
}

// alone does a checked request as one transaction. e.mu is held.
func (e *Emulator) alone(ctx context.Context, req *Request) (Result, error) {
	result, err := e.transact(ctx, req)
	if err != nil {
		return Result{}, explained(req, err)
	}
	return result, nil
}

// explained says which request an error is about, unless Roblox words it.
func explained(req *Request, err error) error {
	if named(err) || err == ErrClosed {
		return err
	}
	return fmt.Errorf("%s %q: %w", req.Op, req.Key, inPlainWords(err))
}

// named reports whether Roblox has a name for err. A request that fails so has written nothing.
func named(err error) bool {
	_, ok := err.(*Error)
	return ok
}

func (e *Emulator) transact(ctx context.Context, req *Request) (Result, error) {
	if err := e.admit(ctx, req); err != nil {
		return Result{}, err
	}
	if req.Op == OpGet {
		return e.perform(req)
	}
	how := beginReading
	if req.Op.Writes() || req.Op == OpListStores { // it tells the stores' rows their times
		how = beginWriting
	}
	if err := e.db.begin(how); err != nil {
		return Result{}, err
	}
	result, err := e.perform(req)
	if !named(err) {
		return result, e.db.end(err)
	}
	if endErr := e.db.end(nil); endErr != nil {
		return Result{}, endErr
	}
	return Result{}, err
}

// admit tells why a request cannot even be begun.
func (e *Emulator) admit(ctx context.Context, req *Request) error {
	if e.db == nil {
		return ErrClosed
	}
	if operation(req) == nil {
		return fmt.Errorf("%s stores: %w", req.Store.Kind, ErrNotEmulated)
	}
	return ctx.Err()
}

// perform does an admitted request within the transaction under way.
func (e *Emulator) perform(req *Request) (Result, error) {
	tx := &e.tx
	tx.db, tx.profile, tx.now, tx.req = e.db, e.profile, ticksOf(e.clock.Now()), *req
	if err := e.throttle.admit(req, tx.now); err != nil {
		return Result{}, err
	}
	if req.Op.Writes() && tx.now >= e.purgeNext {
		if err := e.db.purge(tx.now); err != nil {
			return Result{}, err
		}
		e.purgeNext = tx.now + ticksIn(purgeInterval)
	}
	result, err := tx.do(operation(req))
	if err == nil {
		err = e.throttle.read(req, &result, tx.now)
	}
	return result, err
}

// operations has the one place where operations are told apart, by kind of store.
var operations = [...][len(opNames)]func(*transaction) (Result, error){
	Standard: {
		OpGet:           (*transaction).get,
		OpPut:           (*transaction).put,
		OpIncrement:     (*transaction).increment,
		OpRemove:        (*transaction).remove,
		OpGetVersion:    (*transaction).getVersion,
		OpGetVersionAt:  (*transaction).getVersionAt,
		OpListVersions:  (*transaction).listVersions,
		OpRemoveVersion: (*transaction).removeVersion,
		OpListKeys:      (*transaction).listKeys,
		OpListStores:    (*transaction).listStores,
		OpSnapshot:      (*transaction).snapshot,
		OpRemoveStore:   (*transaction).removeStore,
		OpRestoreStore:  (*transaction).restoreStore,
	},
	Ordered: {
		OpGet:        (*transaction).getOrdered,
		OpPut:        (*transaction).putOrdered,
		OpIncrement:  (*transaction).incrementOrdered,
		OpRemove:     (*transaction).removeOrdered,
		OpListStores: (*transaction).listStores, // its Store is ignored
		OpSnapshot:   (*transaction).snapshot,
		OpListSorted: (*transaction).listSorted,
		OpGetMany:    (*transaction).getMany,
	},
}

// operation returns what does the request, nil for what does not exist.
func operation(req *Request) func(*transaction) (Result, error) {
	if int(req.Store.Kind) >= len(operations) || int(req.Op) >= len(opNames) {
		return nil
	}
	return operations[req.Store.Kind][req.Op]
}

// Writes reports whether the operation changes what is stored.
func (op Op) Writes() bool {
	switch op {
	case OpPut, OpIncrement, OpRemove, OpRemoveVersion, OpSnapshot, OpRemoveStore, OpRestoreStore:
		return true
	}
	return false
}

// transaction is one request being done, at one instant.
type transaction struct {
	db      *database
	req     Request
	now     ticks
	profile *Profile
	name    entryName // the entry's; the store in it is 0 while that has no row
}

func (tx *transaction) do(run func(*transaction) (Result, error)) (Result, error) {
	store, err := tx.db.store(tx.storeName())
	if err == nil && store == 0 {
		err = tx.checkNotRemoved()
	}
	if err != nil {
		return Result{}, err
	}
	tx.name = entryName{store: store, scope: tx.req.Store.Scope, key: tx.req.Key}
	return run(tx)
}

func (tx *transaction) storeName() storeName {
	return storeName{kind: tx.req.Store.Kind, name: tx.req.Store.Name}
}

// makeStore gives the store a row, so that it exists from its first entry on (R4).
func (tx *transaction) makeStore() (err error) {
	if tx.name.store == 0 {
		tx.name.store, err = tx.db.insertStore(tx.storeName(), tx.now)
	}
	return err
}
