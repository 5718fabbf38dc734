-- Jest Roblox Snapshot v1, http://roblox.github.io/jest-roblox-internal/snapshot-testing
local exports = {}
exports[ [=[differs 1]=] ] = [=[

Table {
  "coins": 5,
}
]=]

exports[ [=[matches 1]=] ] = [=[

Table {
  "coins": 5,
  "items": Table {
    "sword",
  },
}
]=]

return exports
