package roblox

import (
	"fmt"

	lua "github.com/yuin/gopher-lua"
)

// Profile is who joins.
type Profile struct {
	UserID      int64
	Name        string // "" means Player<UserID>
	DisplayName string // "" means Name
	AccountAge  int    // in days
	Premium     bool
}

// Join lets a player into the server (R231).
func (s *Server) Join(p Profile) (*Instance, error) {
	if s.PlayerByUserID(p.UserID) != nil {
		return nil, fmt.Errorf("player %d joins: the player is on the server already", p.UserID)
	}
	if p.Name == "" {
		p.Name = fmt.Sprintf("Player%d", p.UserID)
	}
	if p.DisplayName == "" {
		p.DisplayName = p.Name
	}
	player := s.NewInstance("Player", p.Name, nil)
	player.Data = p
	s.known[p.UserID] = p.Name
	for _, container := range playerContainers {
		s.NewInstance(container, container, player)
	}
	players := s.Service("Players")
	player.place(players)
	s.countPlayers()
	players.fire("PlayerAdded", player.object)
	return player, nil
}

// playerContainers are in every player from the start (assumed for Backpack, which in Roblox comes
// with the first character).
var playerContainers = []string{"Backpack", "PlayerGui", "StarterGear"}

// Leave takes a player off the server; reason is an item of Enum.PlayerExitReason. The player is
// still in the tree while the handlers of PlayerRemoving start (R232).
func (s *Server) Leave(player *Instance, reason string) {
	if player.locked {
		return // is leaving already
	}
	player.locked = true
	players := s.Service("Players")
	players.fire("PlayerRemoving", player.object, s.EnumItem("PlayerExitReason", reason).object)
	s.postpone(s.depth, func() {
		player.locked = false
		player.Destroy()
		s.countPlayers()
	})
}

// countPlayers has budgets accrue for the players there are (R168, R235).
func (s *Server) countPlayers() {
	if s.options.Stores != nil {
		s.options.Stores.SetPlayers(len(s.Players()))
	}
}

// Players returns the players on the server in the order they joined.
func (s *Server) Players() []*Instance {
	var players []*Instance
	for _, child := range s.Service("Players").children {
		if child.IsA("Player") {
			players = append(players, child)
		}
	}
	return players
}

// PlayerByUserID returns a player on the server, or nil.
func (s *Server) PlayerByUserID(id int64) *Instance {
	for _, player := range s.Players() {
		if player.Data.(Profile).UserID == id {
			return player
		}
	}
	return nil
}

const playersMaxDefault = 50

// playerClasses are Players and Player (R233).
func playerClasses() []*Class {
	return []*Class{
		{
			Name: "Players", Super: "Instance", Service: true,
			Aliases: map[string]string{"getPlayers": "GetPlayers", "players": "GetPlayers"},
			Events: []string{"PlayerAdded", "PlayerRemoving", "PlayerMembershipChanged",
				"UserSubscriptionStatusChanged"},
			Properties: map[string]*Property{
				"BubbleChat":         {Type: boolType(), ReadOnly: true},
				"CharacterAutoLoads": {Type: boolType(), Default: lua.LTrue},
				"ClassicChat":        {Type: boolType(), ReadOnly: true},
				"LocalPlayer":        {Type: refType(), ReadOnly: true},
				"MaxPlayers":         {Type: intType(), ReadOnly: true, Get: playersMax},
				"NumPlayers": {Type: intType(), ReadOnly: true,
					Get: func(i *Instance) lua.LValue {
						return lua.LNumber(len(i.server.Players()))
					}},
				"PreferredPlayers":      {Type: intType(), ReadOnly: true, Get: playersMax},
				"RespawnTime":           {Type: numberType(), Default: lua.LNumber(3)},
				"UseStrafingAnimations": {Type: boolType()},
			},
			Methods: merge(playersMethods(), refused("Players", "BanAsync", "UnbanAsync",
				"GetBanHistoryAsync", "CreateHumanoidModelFromUserId", "GetFriendsAsync",
				"GetHumanoidDescriptionFromUserId", "GetUserThumbnailAsync",
				"GetCharacterAppearanceInfoAsync", "GetPlayerFromCharacter")),
		},
		{
			Name: "Player", Super: "Instance",
			Events: []string{"CharacterAdded", "CharacterAppearanceLoaded", "CharacterRemoving",
				"Chatted", "Idled", "OnTeleport"},
			Properties: playerProperties(),
			Methods: merge(map[string]Method{
				"Kick": func(c Call) int {
					c.OptString(1, "")
					c.Server.Leave(c.Self, "CreatorKick")
					return 0
				},
				"GetJoinData": func(c Call) int {
					return c.Return(c.Server.VM.NewTable(0, 0))
				},
				"HasAppearanceLoaded": func(c Call) int { return c.Return(lua.LFalse) },
			}, refused("Player", "LoadCharacter", "LoadCharacterAsync", "GetRankInGroup",
				"GetRankInGroupAsync", "GetRoleInGroup", "GetRoleInGroupAsync", "IsInGroup",
				"IsInGroupAsync", "IsFriendsWith", "IsFriendsWithAsync", "GetFriendsOnline",
				"GetFriendsOnlineAsync", "GetNetworkPing", "GetMouse",
				"RequestStreamAroundAsync", "DistanceFromCharacter")),
		},
	}
}

func playersMax(i *Instance) lua.LValue {
	if i.server.options.PlayersMax > 0 {
		return lua.LNumber(i.server.options.PlayersMax)
	}
	return lua.LNumber(playersMaxDefault)
}

func playersMethods() map[string]Method {
	byName := func(c Call) int {
		name := c.String(1)
		for id, known := range c.Server.known {
			if known == name {
				return c.Return(lua.LNumber(id))
			}
		}
		c.Raise("Players:%s() failed: Unknown user", c.Name)
		return 0
	}
	byID := func(c Call) int {
		name, ok := c.Server.known[c.Int(1)]
		if !ok {
			c.Raise("Players:%s() failed: Unknown user", c.Name)
		}
		return c.Return(lua.LString(name))
	}
	return map[string]Method{
		"GetPlayers": func(c Call) int {
			return c.Return(c.Server.list(c.Server.Players()))
		},
		"GetPlayerByUserId": func(c Call) int {
			return c.Return(c.Server.PlayerByUserID(c.Int(1)).Object())
		},
		"GetNameFromUserIdAsync": byID,
		"GetUserIdFromNameAsync": byName,
	}
}

func playerProperties() map[string]*Property {
	profile := func(t Type, get func(Profile) lua.LValue) *Property {
		return &Property{Type: t, ReadOnly: true, Get: func(i *Instance) lua.LValue {
			return get(i.Data.(Profile))
		}}
	}
	return map[string]*Property{
		"AccountAge": profile(intType(), func(p Profile) lua.LValue {
			return lua.LNumber(p.AccountAge)
		}),
		"Character": {Type: refType()},
		"DisplayName": profile(stringType(), func(p Profile) lua.LValue {
			return lua.LString(p.DisplayName)
		}),
		"FollowUserId": {Type: intType(), ReadOnly: true},
		"LocaleId":     {Type: stringType(), ReadOnly: true, Default: lua.LString("en-us")},
		"MembershipType": {
			Type: enumType("MembershipType", "None"), ReadOnly: true,
			Get: func(i *Instance) lua.LValue {
				if i.Data.(Profile).Premium {
					return i.server.EnumItem("MembershipType", "Premium").object
				}
				return i.server.EnumItem("MembershipType", "None").object
			},
		},
		"Neutral": {Type: boolType(), Default: lua.LTrue},
		"Team":    {Type: refType()},
		"UserId": profile(intType(), func(p Profile) lua.LValue {
			return lua.LNumber(p.UserID)
		}),
	}
}
