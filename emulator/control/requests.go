package control

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"savestone/emulator"
)

// RequestLog is a part of the log, the oldest first.
type RequestLog struct {
	Requests []Entry `json:"requests"`
	Last     uint64  `json:"last" doc:"id of the last request there was"`
	Event    string  `json:"event" doc:"Last-Event-ID for a stream of those to come"`
}

const (
	logPageDefault = 100
	logPageMax     = 10_000
)

func (c *call) listRequests() (any, error) {
	f, err := c.filter()
	if err != nil {
		return nil, err
	}
	limit, err := c.integer("limit", 1, logPageMax, logPageDefault)
	if err != nil {
		return nil, err
	}
	log := c.handler.log
	last, _ := log.counts()
	list := log.newest(int(limit), f)
	if n := len(list); n > 0 {
		last = max(last, list[n-1].ID)
	}
	return RequestLog{list, last, fmt.Sprintf("%s.%d", c.handler.run, last)}, nil
}

// The manners of a stream.
const (
	streamBatch     = 256
	streamPause     = 50 * time.Millisecond // between batches: a busy server sends few large ones
	streamHeartbeat = 15 * time.Second
	streamWriteMax  = 10 * time.Second // that a client may take to read a batch
)

// streamRequests sends requests as they are answered, as server-sent events. The standard library
// is enough: a follower is no more than the id that it has seen, so there is no broker to have.
func (c *call) streamRequests() (any, error) {
	f, err := c.filter()
	if err != nil {
		return nil, err
	}
	s := &stream{call: c, filter: f, out: http.NewResponseController(c.writer)}
	from := c.http.Header.Get("Last-Event-ID")
	if from == "" {
		from = c.query.Get("lastEventId")
	}
	s.seen, _ = c.handler.log.counts()
	if from != "" {
		if s.seen, err = c.handler.resume(from); err != nil {
			return nil, err
		}
	}
	header := c.writer.Header()
	header.Set("Content-Type", "text/event-stream")
	header.Set("Cache-Control", "no-store")
	s.run()
	return nil, nil
}

// resume reads the id of an event: which run of the server it is of, and the entry's own id. After
// a new start of the server the log begins anew, and a client gets all of it.
func (h *Handler) resume(id string) (seen uint64, err error) {
	run, text, found := strings.Cut(id, ".")
	seen, err = strconv.ParseUint(text, 10, 64)
	switch {
	case !found || err != nil:
		return 0, wrong("got the event id %q, want one that this server sent", id)
	case run != h.run:
		return 0, nil
	}
	return seen, nil
}

// stream is one follower of the log.
type stream struct {
	*call
	filter filter
	out    *http.ResponseController
	seen   uint64
}

func (s *stream) run() {
	if !s.send("retry: 1000\n\n") {
		return
	}
	ctx, log := s.http.Context(), s.handler.log
	s.handler.metrics.followers.Inc()
	defer s.handler.metrics.followers.Dec()
	for {
		switch log.wait(ctx, s.seen, streamHeartbeat) {
		case logEnded:
			return
		case patienceEnded:
			if !s.send(": nothing new\n\n") {
				return
			}
			continue
		case moreCame:
		}
		if !s.sendNew() || (emulator.Wall{}).Sleep(ctx, streamPause) != nil {
			return
		}
	}
}

// sendNew sends what came since, and what was missed.
func (s *stream) sendNew() bool {
	list, seen, missed := s.handler.log.since(s.seen, streamBatch, s.filter)
	s.seen = seen
	var text strings.Builder
	if missed > 0 {
		s.handler.log.drop(missed)
		fmt.Fprintf(&text, "event: dropped\ndata: {\"count\":%d}\n\n", missed)
	}
	for _, e := range list {
		line, err := encodeLine(e)
		if err != nil {
			panic(err) // an entry is plain
		}
		fmt.Fprintf(&text, "id: %s.%d\nevent: request\ndata: %s\n", s.handler.run, e.ID, line)
	}
	return text.Len() == 0 || s.send(text.String())
}

// send reports whether the client read it.
func (s *stream) send(text string) bool {
	// A recorder in a test has no deadlines; a socket has.
	_ = s.out.SetWriteDeadline(emulator.Wall{}.Now().Add(streamWriteMax))
	if _, err := s.writer.Write([]byte(text)); err != nil {
		return false
	}
	return s.out.Flush() == nil
}
