package control

import (
	"savestone/emulator"
	"savestone/emulator/gameserver"
	"savestone/emulator/universe"
)

// Server is a game server as the API shows it.
type Server struct {
	Server  string         `json:"server"`
	Players int            `json:"players" doc:"its budgets grow with them"`
	Access  string         `json:"access" doc:"live, studio, studio_no_api, unpublished or offline"`
	Created string         `json:"created" doc:"when it joined, by the universe's clock"`
	Calls   int64          `json:"calls" doc:"how many it was asked for"`
	Budgets map[string]int `json:"budgets" doc:"requests it may send at once, by request type"`
}

// ServerList is all servers of a universe.
type ServerList struct {
	Servers []Server `json:"servers"`
	Players int      `json:"players" doc:"users that the experience's budgets grow with"`
}

// ServerSetup is what a new server is like.
type ServerSetup struct {
	Server  string `json:"server" doc:"its name, such as game.JobId"`
	Players int    `json:"players,omitempty"`
	Access  string `json:"access,omitempty" doc:"live if left out"`
}

// ServerChange is what shall become different; what is left out stays.
type ServerChange struct {
	Players *int    `json:"players,omitempty"`
	Access  *string `json:"access,omitempty"`
}

func shownServer(s *universe.Server) Server {
	setup := s.Setup()
	budgets := map[string]int{}
	for t, left := range s.Budgets() {
		budgets[emulator.RequestType(t).String()] = left
	}
	return Server{
		Server: s.ID, Players: setup.Players, Access: setup.Access.String(),
		Created: shownTime(s.Created), Calls: s.Calls(), Budgets: budgets,
	}
}

func (c *call) listServers() (any, error) {
	u, err := c.universe()
	if err != nil {
		return nil, err
	}
	list := ServerList{Servers: []Server{}, Players: u.Users()}
	for _, s := range u.Servers() {
		list.Servers = append(list.Servers, shownServer(s))
	}
	return list, nil
}

func (c *call) addServer(in ServerSetup) (any, error) {
	setup := universe.Setup{Players: in.Players}
	var err error
	if in.Access != "" {
		if setup.Access, err = gameserver.ParseAccess(in.Access); err != nil {
			return nil, wrong("%v", err)
		}
	}
	if err := setup.Check(); err != nil {
		return nil, wrong("%v", err)
	}
	u, err := c.universe()
	if err != nil {
		return nil, err
	}
	s, err := u.Join(in.Server)
	if err != nil {
		return nil, wrong("%v", err)
	}
	if err := s.Change(setup); err != nil {
		return nil, err
	}
	return shownServer(s), nil
}

// server returns the server that a request is about.
func (c *call) server() (*universe.Server, *universe.Universe, error) {
	u, err := c.universe()
	if err != nil {
		return nil, nil, err
	}
	s, err := u.Server(c.vars["server"])
	return s, u, err
}

func (c *call) getServer() (any, error) {
	s, _, err := c.server()
	if err != nil {
		return nil, err
	}
	return shownServer(s), nil
}

func (c *call) changeServer(in ServerChange) (any, error) {
	s, _, err := c.server()
	if err != nil {
		return nil, err
	}
	setup := s.Setup()
	if in.Players != nil {
		setup.Players = *in.Players
	}
	if in.Access != nil {
		if setup.Access, err = gameserver.ParseAccess(*in.Access); err != nil {
			return nil, wrong("%v", err)
		}
	}
	if err := s.Change(setup); err != nil {
		return nil, wrong("%v", err)
	}
	return shownServer(s), nil
}

func (c *call) removeServer() (any, error) {
	s, u, err := c.server()
	if err != nil {
		return nil, err
	}
	return nil, u.Leave(s.ID)
}
