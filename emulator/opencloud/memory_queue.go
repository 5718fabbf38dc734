package opencloud

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"savestone/emulator/memorystore"
)

// Memory stores (section 6). Open Cloud sees what the live servers see (R197).

// memory returns the universe's memory stores.
func (c *call) memory() (*memorystore.Universe, error) {
	if c.handler.options.MemoryStores == nil {
		f := &failure{code: notImplemented, message: "Memory stores are not available."}
		return nil, f.because("this server was started without memory stores")
	}
	return c.handler.options.MemoryStores, nil
}

func (c *call) memoryPath(rest string) string {
	return fmt.Sprintf("cloud/v2/universes/%d/memory-store/%s", c.universe, rest)
}

// duration reads seconds with an s (O45).
func duration(name, text string) (time.Duration, error) {
	number, ok := strings.CutSuffix(text, "s")
	seconds, err := strconv.ParseFloat(number, 64)
	if !ok || err != nil || math.IsNaN(seconds) ||
		math.Abs(seconds) > 2*memorystore.ExpirationMax.Seconds() {
		return 0, invalid("", "The %s is not valid.", name).because(
			"got %s %q, want seconds such as 30s", name, text)
	}
	return time.Duration(math.Round(seconds * float64(time.Second))), nil
}

// lifetime reads how long an item lives: as long as an item can unless told otherwise (assumed).
func lifetime(ttl string) (time.Duration, error) {
	if ttl == "" {
		return memorystore.ExpirationMax, nil
	}
	return duration("ttl", ttl)
}

// queueItemJSON is an item of a queue.
type queueItemJSON struct {
	Path       string          `json:"path"`
	Data       json.RawMessage `json:"data"`
	Priority   float64         `json:"priority"`
	ExpireTime string          `json:"expireTime"`
	ID         string          `json:"id"`
}

func (c *call) newQueueItemJSON(item memorystore.QueueItem) queueItemJSON {
	return queueItemJSON{
		Path: c.memoryPath("queues/" + c.vars["queue"] + "/items/" + item.ID),
		Data: item.Value, Priority: item.Priority, ID: item.ID,
		ExpireTime: timeV2(item.Expires),
	}
}

func (c *call) queue() (*memorystore.Queue, error) {
	memory, err := c.memory()
	if err != nil {
		return nil, err
	}
	return memory.Scope(memorystore.Live).Queue(c.vars["queue"]), nil
}

func (c *call) addQueueItem() (response, error) {
	queue, err := c.queue()
	if err != nil {
		return response{}, err
	}
	var body struct {
		Data     json.RawMessage `json:"data"`
		Priority float64         `json:"priority"`
		TTL      string          `json:"ttl"`
	}
	if err := c.decode(&body); err != nil {
		return response{}, err
	}
	if body.Data == nil {
		return response{}, invalid("", "The data is required.")
	}
	ttl, err := lifetime(body.TTL)
	if err != nil {
		return response{}, err
	}
	item, err := queue.Add(c.context(), doubles(body.Data), ttl, body.Priority)
	if err != nil {
		return response{}, err
	}
	return object(c.newQueueItemJSON(item))
}

// readQueueItems takes items, which others do not see for a while. Too few for allOrNothing are a
// 404 (O42).
func (c *call) readQueueItems() (response, error) {
	queue, err := c.queue()
	if err != nil {
		return response{}, err
	}
	read, err := c.readOptions()
	if err != nil {
		return response{}, err
	}
	got, err := queue.Read(c.context(), read)
	if err != nil {
		return response{}, err
	}
	if read.AllOrNothing && len(got.Items) == 0 {
		f := &failure{code: notFound, message: "The queue has too few items."}
		return response{}, f.because("the queue does not have %d items", read.Count)
	}
	items := []queueItemJSON{}
	for _, item := range got.Items {
		items = append(items, c.newQueueItemJSON(item))
	}
	return object(struct {
		ReadID string          `json:"readId"`
		Items  []queueItemJSON `json:"items"`
	}{got.ID, items})
}

func (c *call) readOptions() (read memorystore.Read, err error) {
	count, err := c.integer("count", 64, 1)
	switch {
	case err != nil:
		return read, err
	case count < 1:
		return read, invalid("", "The count is not valid.").because(
			"got count %d, want 1 to %d", count, memorystore.ReadCountMax)
	}
	read.Count = int(min(count, memorystore.ReadCountMax))
	if read.AllOrNothing, err = c.boolean("allOrNothing"); err != nil {
		return read, err
	}
	read.Invisible = memorystore.InvisibilityDefault
	if text := c.param("invisibilityWindow"); text != "" {
		read.Invisible, err = duration("invisibilityWindow", text)
		if err == nil && read.Invisible <= 0 {
			err = invalid("", "The invisibilityWindow is not valid.").because(
				"got invisibilityWindow %q, want more than 0s", text)
		}
	}
	return read, err
}

func (c *call) discardQueueItems() (response, error) {
	queue, err := c.queue()
	if err != nil {
		return response{}, err
	}
	var body struct {
		ReadID string `json:"readId"`
	}
	if err := c.decode(&body); err != nil {
		return response{}, err
	}
	if body.ReadID == "" {
		return response{}, invalid("", "The readId is required.")
	}
	if err := queue.Remove(c.context(), body.ReadID); err != nil {
		return response{}, err
	}
	return none()
}

// operationJSON is a long-running operation (O44).
type operationJSON struct {
	Path     string    `json:"path"`
	Done     bool      `json:"done"`
	Response *struct{} `json:"response,omitempty"`
}

// flushMemory drops what one scope of the memory stores holds. It is done at once, but only a look
// at the operation tells so.
func (c *call) flushMemory() (response, error) {
	memory, err := c.memory()
	if err != nil {
		return response{}, err
	}
	scope, err := c.memoryScope()
	if err != nil {
		return response{}, err
	}
	memory.Scope(scope).Flush()
	h := c.handler
	h.mu.Lock()
	h.flushes[scope]++
	number := h.flushes[scope]
	h.mu.Unlock()
	return object(operationJSON{Path: c.operationPath(fmt.Sprintf("flush-%d", number))})
}

// operationPath is where an operation can be asked about. Roblox was seen to leave out the memory
// store, with which openblox asks.
func (c *call) operationPath(id string) string {
	return fmt.Sprintf("cloud/v2/universes/%d/operations/%s", c.universe, id)
}

func (c *call) memoryScope() (memorystore.ScopeID, error) {
	switch text := c.param("scope"); text {
	case "", memorystore.Live.String():
		return memorystore.Live, nil
	case memorystore.Test.String():
		return memorystore.Test, nil
	default:
		return 0, unreadable("scope", text, "LIVE or TEST")
	}
}

func (c *call) getFlush() (response, error) {
	scope, err := c.memoryScope()
	if err != nil {
		return response{}, err
	}
	text, ok := strings.CutPrefix(c.vars["operation"], "flush-")
	number, err := strconv.Atoi(text)
	h := c.handler
	h.mu.Lock()
	begun := h.flushes[scope]
	h.mu.Unlock()
	if !ok || err != nil || number < 1 || number > begun {
		return response{}, &failure{code: notFound, message: "The operation does not exist."}
	}
	return object(operationJSON{
		Path: c.operationPath(c.vars["operation"]), Done: true, Response: &struct{}{},
	})
}

// isConflict reports whether a write came too late.
func isConflict(err error) bool { return errors.Is(err, memorystore.ErrConflict) }
