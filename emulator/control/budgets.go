package control

import "savestone/emulator"

// Budgets is how the limits stand.
type Budgets struct {
	Profile    string             `json:"profile" doc:"whose limits they are"`
	Users      int                `json:"users" doc:"that the experience's budgets grow with"`
	Experience []ExperienceBudget `json:"experience" doc:"budgets of the whole experience"`
	Servers    []Server           `json:"servers" doc:"those of game servers"`
	Keys       []KeyThroughput    `json:"keys" doc:"what single keys moved, the busiest first"`
	KeyMax     KeyBytes           `json:"keyMax" doc:"what a key may move in a minute; 0: no limit"`
}

// ExperienceBudget is one budget of the experience.
type ExperienceBudget struct {
	RequestType string `json:"requestType"`
	Used        int64  `json:"used" doc:"requests within the last minute"`
	PerMinute   int64  `json:"perMinute" doc:"requests allowed in a minute"`
}

// KeyBytes is what a key moves in a minute.
type KeyBytes struct {
	Read  int64 `json:"readBytes"`
	Write int64 `json:"writeBytes"`
}

// KeyThroughput is what one key moved within the last minute.
type KeyThroughput struct {
	Kind  string `json:"kind"`
	Store string `json:"store"`
	Scope string `json:"scope"`
	Key   string `json:"key"`
	KeyBytes
}

// How many keys a listing of budgets tells of.
const (
	budgetKeysDefault = 10
	budgetKeysMax     = 1000
)

func (c *call) getBudgets() (any, error) {
	keys, err := c.integer("keys", 0, budgetKeysMax, budgetKeysDefault)
	if err != nil {
		return nil, err
	}
	u, err := c.universe()
	if err != nil {
		return nil, err
	}
	standing, profile := u.Emulator.Standing(int(keys)), c.handler.options.Universes.Profile()
	shown := Budgets{
		Profile: profile.Name, Users: u.Users(),
		Experience: []ExperienceBudget{}, Servers: []Server{}, Keys: []KeyThroughput{},
	}
	if !profile.Unlimited {
		shown.KeyMax = KeyBytes{profile.KeyReadBytes, profile.KeyWriteBytes}
	}
	for _, b := range standing.Budgets {
		shown.Experience = append(shown.Experience,
			ExperienceBudget{b.Type.String(), b.Used, b.PerMinute})
	}
	for _, s := range u.Servers() {
		shown.Servers = append(shown.Servers, shownServer(s))
	}
	for _, k := range standing.Keys {
		shown.Keys = append(shown.Keys, shownKey(k))
	}
	return shown, nil
}

func shownKey(k emulator.KeyStanding) KeyThroughput {
	return KeyThroughput{
		k.Store.Kind.String(), k.Store.Name, k.Store.Scope, k.Key,
		KeyBytes{k.ReadBytes, k.WriteBytes},
	}
}
