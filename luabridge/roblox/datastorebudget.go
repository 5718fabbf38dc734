package roblox

import (
	"math"

	lua "github.com/yuin/gopher-lua"

	"savestone/emulator"
)

// requestType reads an item of Enum.DataStoreRequestType.
func (c Call) requestType(n int) emulator.RequestType {
	return emulator.RequestType(c.Enum(n, "DataStoreRequestType").Value)
}

// getRequestBudget returns how many requests of a type the server may send at once (R169).
func getRequestBudget(c Call) int {
	kind := c.requestType(1)
	return c.Return(lua.LNumber(c.gameServer().Budget(kind)))
}

// setRateLimit changes how fast a budget accrues (R23).
func setRateLimit(c Call) int {
	kind, base, perPlayer := c.requestType(1), c.limit(2), c.limit(3)
	if err := c.gameServer().SetRateLimit(kind, base, perPlayer); err != nil {
		c.Raise("%s", err)
	}
	return 0
}

// limit reads a number of requests; what no limit allows stays so.
func (c Call) limit(n int) int {
	return int(max(math.MinInt32, min(c.Int(n), math.MaxInt32)))
}
