package roblox

import (
	"fmt"

	lua "github.com/yuin/gopher-lua"
)

// testServiceClass is what test frameworks report to.
func testServiceClass() *Class {
	count := func() *Property { return &Property{Type: intType(), ReadOnly: true} }
	return &Class{
		Name: "TestService", Super: "Instance", Service: true,
		Events: []string{"ServerCollectResult", "ServerCollectConditionalResult"},
		Properties: map[string]*Property{
			"AutoRuns":                        {Type: boolType(), Default: lua.LTrue},
			"Description":                     {Type: stringType()},
			"ErrorCount":                      count(),
			"ExecuteWithStudioRun":            {Type: boolType()},
			"IsPhysicsEnvironmentalThrottled": {Type: boolType(), Default: lua.LTrue},
			"IsSleepAllowed":                  {Type: boolType(), Default: lua.LTrue},
			"NumberOfPlayers":                 {Type: intType()},
			"SimulateSecondsLag":              {Type: numberType()},
			"TestCount":                       count(),
			"Timeout":                         {Type: numberType(), Default: lua.LNumber(10)},
			"WarnCount":                       count(),
		},
		Methods: map[string]Method{
			"Check": func(c Call) int {
				if c.Bool(1) {
					return c.note(Info, "Check passed: ", 2)
				}
				c.count("ErrorCount")
				return c.note(Error, "Check failed: ", 2)
			},
			"Checkpoint": func(c Call) int { return c.note(Info, "Test checkpoint: ", 1) },
			"Done":       func(c Call) int { return 0 },
			"Error": func(c Call) int {
				c.count("ErrorCount")
				return c.note(Error, "", 1)
			},
			"Fail": func(c Call) int {
				c.count("ErrorCount")
				return c.note(Error, "", 1)
			},
			"Message": func(c Call) int { return c.note(Info, "", 1) },
			"Require": func(c Call) int {
				if c.Bool(1) {
					return c.note(Info, "Require passed: ", 2)
				}
				c.count("ErrorCount")
				c.Raise("Require failed: %s", c.OptString(2, ""))
				return 0
			},
			"Warn": func(c Call) int {
				if c.Bool(1) {
					return c.note(Info, "Warning passed: ", 2)
				}
				c.count("WarnCount")
				return c.note(Warning, "", 2)
			},
		},
	}
}

// note puts a description, argument n, in the output, with the source and line that may follow.
func (c Call) note(kind MessageKind, prefix string, n int) int {
	text := prefix + c.String(n)
	if source := AsInstance(c.Value(n + 1)); source != nil {
		text = fmt.Sprintf("%s:%d: %s", source.FullName(), c.OptInt(n+2, 0), text)
	}
	c.Server.Print(Message{Kind: kind, Text: text})
	return 0
}

func (c Call) count(property string) {
	c.Self.keep(property, c.Self.Value(property).(lua.LNumber)+1)
}
