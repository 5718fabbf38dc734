package universe

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"sync"
	"time"

	"savestone/emulator"
	"savestone/emulator/gameserver"
)

// serversMax is how many game servers one universe has at most.
const serversMax = 1000

// playersMax is what one server can hold; Roblox's own limit is lower.
const playersMax = 10_000

// warningsMax is how many lines of its console a server keeps for a client to fetch.
const warningsMax = 100

// serverID is what a server may be called.
var serverID = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._:-]{0,99}$`)

// ErrNoServer answers an id that no game server has.
var ErrNoServer = errors.New("there is no such game server")

// Server is a game server that plays in the universe from outside, such as a session of Studio. It
// is safe for concurrent use.
type Server struct {
	ID      string
	Created time.Time // by the universe's clock

	universe *Universe

	mu       sync.Mutex
	game     *gameserver.Server
	setup    Setup
	calls    int64
	warnings []string
	updates  map[string]*update
	updateID int
}

// Setup is what a Server is like.
type Setup struct {
	Players int
	Access  gameserver.Access
}

// Check tells what is wrong with it.
func (s Setup) Check() error {
	if s.Players < 0 || s.Players > playersMax {
		return fmt.Errorf("got %d players, want 0 to %d", s.Players, playersMax)
	}
	return nil
}

// Join returns the server with an id. It comes to be if there is none, without players.
func (u *Universe) Join(id string) (*Server, error) {
	if !serverID.MatchString(id) {
		return nil, fmt.Errorf("got the server id %q, want up to 100 letters, digits and "+
			"any of . _ : -, of which the first is a letter or digit", id)
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	s := u.servers[id]
	if s != nil {
		return s, nil
	}
	if len(u.servers) == serversMax {
		return nil, fmt.Errorf("got a server more than %d, want an old one removed", serversMax)
	}
	s = &Server{ID: id, universe: u, Created: u.Clock.Now(), updates: map[string]*update{}}
	s.start()
	u.servers[id] = s
	return s, nil
}

// Server returns a server that there is.
func (u *Universe) Server(id string) (*Server, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	s := u.servers[id]
	if s == nil {
		return nil, fmt.Errorf("server %q: %w", id, ErrNoServer)
	}
	return s, nil
}

// Servers returns all servers, by id.
func (u *Universe) Servers() []*Server {
	u.mu.Lock()
	defer u.mu.Unlock()
	return slices.SortedFunc(maps.Values(u.servers), func(x, y *Server) int {
		return cmp.Compare(x.ID, y.ID)
	})
}

// Leave ends a server: what it still waits for fails as in an experience that shuts down.
func (u *Universe) Leave(id string) error {
	s, err := u.Server(id)
	if err != nil {
		return err
	}
	u.mu.Lock()
	delete(u.servers, id)
	u.mu.Unlock()
	s.close()
	u.countUsers()
	return nil
}

// Forget gives all servers a new start: what they remember of the data and spent of their budgets
// is gone, their players stay.
func (u *Universe) Forget() {
	for _, s := range u.Servers() {
		s.close()
		s.mu.Lock()
		s.start()
		s.mu.Unlock()
	}
}

// countUsers adds up the players.
func (u *Universe) countUsers() {
	players := 0
	for _, s := range u.Servers() {
		players += s.Setup().Players
	}
	u.users.Store(int64(players))
	u.MemoryStores.SetUsers(u.Users())
}

// start makes the game server itself. s.mu is held, or nobody knows s yet.
func (s *Server) start() {
	s.game = gameserver.New(s.universe.Service, s.universe.Clock, gameserver.Options{
		JobID: s.ID, Profile: s.universe.options.Profile,
		Players: s.setup.Players, Access: s.setup.Access, OnWarning: s.warn,
	})
}

func (s *Server) close() {
	s.mu.Lock()
	game := s.game
	s.mu.Unlock()
	game.Close()
	s.endUpdates()
}

// warn keeps a line of the console.
func (s *Server) warn(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.warnings) < warningsMax {
		s.warnings = append(s.warnings, text)
	}
}

// Warnings returns what appeared in the server's console since it was last asked.
func (s *Server) Warnings() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	lines := s.warnings
	s.warnings = nil
	return lines
}

// Game returns the game server, to do one call.
func (s *Server) Game() *gameserver.Server {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls++
	return s.game
}

// Setup returns what the server is like.
func (s *Server) Setup() Setup {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.setup
}

// Calls is how many calls the server was asked for.
func (s *Server) Calls() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.calls
}

// Change changes what the server is like. Another access is a new start.
func (s *Server) Change(to Setup) error {
	if err := to.Check(); err != nil {
		return err
	}
	s.mu.Lock()
	anew := to.Access != s.setup.Access
	s.setup = to
	s.game.SetPlayers(to.Players)
	s.mu.Unlock()
	if anew {
		s.close()
		s.mu.Lock()
		s.start()
		s.mu.Unlock()
	}
	s.universe.countUsers()
	return nil
}

// Budgets returns what the server may send at once of each request type.
func (s *Server) Budgets() [emulator.RequestTypeCount]int {
	s.mu.Lock()
	game := s.game
	s.mu.Unlock()
	var left [emulator.RequestTypeCount]int
	for t := range left {
		left[t] = game.Budget(emulator.RequestType(t))
	}
	return left
}

// nextUpdate names an update. s.mu is held.
func (s *Server) nextUpdate() string {
	s.updateID++
	return strconv.Itoa(s.updateID)
}
