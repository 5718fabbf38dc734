package roblox

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"savestone/emulator"
	"savestone/emulator/gameserver"
	"savestone/luabridge/vm"
)

// request lets time pass while do asks the game server, and raises what it is refused.
func (c Call) request(thread *vm.Thread, do func(ctx context.Context) error) {
	var err error
	thread.Block(func() { err = do(c.Server.Context()) })
	if err != nil {
		c.refuse(err)
	}
}

// refuse raises an error of a data store.
func (c Call) refuse(err error) {
	c.report(err)
	c.Raise("%s", err)
}

// report shows in the console what an error of the backend is about (R188). An error that Roblox
// has no name for is no business of a script: it must not get lost in a pcall.
func (c Call) report(err error) {
	var refusal *emulator.Error
	switch {
	case !errors.As(err, &refusal):
		c.Server.fail(Message{Text: fmt.Sprintf("savestone: %s: %s", c.Name, err)})
	case isBackends(refusal):
		name, text := consoleText(refusal)
		sentence := strings.TrimSuffix(text, ".") + "."
		line := fmt.Sprintf("DataStoreService: %s: %s API: %s", name, sentence, c.Name)
		if store := c.storeName(); store != "" {
			line += ", Data Store: " + store
		}
		c.Server.Print(Message{Kind: Warning, Text: line})
	}
}

// isBackends reports whether an error is the backend's and not the game server's own. Which of them
// Roblox prints is not known for each: assumed.
func isBackends(refusal *emulator.Error) bool {
	closed := refusal.Is(emulator.ErrDataModelClosed) || refusal.Is(emulator.ErrLuaWebServiceClosed)
	return refusal.Code >= 400 && !closed ||
		strings.HasSuffix(refusal.Name, "ExperienceThrottled")
}

// backendNames are what the backend calls the reasons of its rejections (section 21.3).
var backendNames = map[string]string{
	"Studio access to APIs is not allowed.": "StudioAccessToApisNotAllowed",

	"The provided exclusive start key is not valid.": "InvalidExclusiveStartKey",

	"The provided universe is not valid.": "InvalidUniverse",

	"The data store is deleted.": "DatastoreDeleted",

	"The request rate exceeds the allowed maximum for the datastore.": "DatastoreThrottled",

	"The request rate exceeds the allowed maximum for the key.": "KeyThrottled",
}

// consoleText returns the backend's name for a failure, and its text: for a rejection, the reason
// without what is wrapped around it.
func consoleText(refusal *emulator.Error) (name, text string) {
	_, reason, found := strings.Cut(refusal.Message, " Reason: ")
	switch {
	case found && backendNames[reason] != "":
		return backendNames[reason], reason
	case found:
		return refusal.Name, reason
	}
	return refusal.Name, strings.TrimPrefix(refusal.Message, refusal.Name+": ")
}

// storeName returns the name of the store that a call is about, "" if it is about none.
func (c Call) storeName() string {
	switch data := c.Self.Data.(type) {
	case *gameserver.Store:
		return data.ID().Name
	case *listing:
		return data.store
	}
	return ""
}
