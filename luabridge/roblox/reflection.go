package roblox

import (
	_ "embed"
	"fmt"
	"strconv"
	"strings"
	"sync"
)

// What Roblox has, as of engine 0.735: a line for each class with its superclass, and a line for
// each enum with its items. An item's value is one more than the last's unless it is written.
var (
	//go:embed classes.txt
	classesText string
	//go:embed enums.txt
	enumsText string
)

// robloxClass is what is known of a class that this package may not emulate.
type robloxClass struct {
	super     string
	service   bool
	creatable bool
}

var robloxClasses = sync.OnceValue(func() map[string]robloxClass {
	classes := map[string]robloxClass{}
	for line := range strings.Lines(classesText) {
		fields := strings.Fields(line)
		classes[fields[0]] = robloxClass{
			super:     fields[1],
			service:   len(fields) > 2 && fields[2] == "service",
			creatable: len(fields) > 2 && fields[2] == "creatable",
		}
	}
	return classes
})

// enumLines holds the items of each enum, not yet split.
var enumLines = sync.OnceValue(func() map[string]string {
	lines := map[string]string{}
	for line := range strings.Lines(enumsText) {
		name, items, _ := strings.Cut(line, ":")
		lines[name] = items
	}
	return lines
})

// enumItems splits the items of an enum.
func enumItems(line string) []EnumItem {
	var items []EnumItem
	next := 0
	for _, field := range strings.Fields(line) {
		name, value, written := strings.Cut(field, "=")
		if written {
			n, err := strconv.Atoi(value)
			if err != nil {
				panic(fmt.Sprintf("roblox: enums.txt: %s", field))
			}
			next = n
		}
		items = append(items, EnumItem{Name: name, Value: next})
		next++
	}
	return items
}
