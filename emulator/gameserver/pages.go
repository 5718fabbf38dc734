package gameserver

import (
	"context"

	"savestone/emulator"
)

// ErrNoMorePages answers an Advance after the last page (R138). That Roblox puts nothing before the
// text is assumed.
var ErrNoMorePages = &emulator.Error{Name: "NoMorePages", Message: "No pages to advance to"}

// Pages is a listing, of which one page is at hand: the first one from the start (R134, R135).
type Pages struct {
	server *Server
	method *method
	next   emulator.Request // its Page.Cursor, guarded by server.mu, fetches the next page
	items  []emulator.Item  // guarded by server.mu
}

// list fetches the first page of what req asks for.
func (s *Server) list(ctx context.Context, m *method, req emulator.Request) (*Pages, error) {
	if err := req.Check(); err != nil {
		return nil, err
	}
	p := &Pages{server: s, method: m, next: req}
	if err := p.fetch(ctx, req); err != nil {
		return nil, err
	}
	return p, nil
}

// Current returns the items of the page at hand. They do not change any more (R140).
func (p *Pages) Current() []emulator.Item {
	p.server.mu.Lock()
	defer p.server.mu.Unlock()
	return p.items
}

// IsFinished reports whether the page at hand is the last one (R136).
func (p *Pages) IsFinished() bool { return p.Cursor() == "" }

// Cursor returns what resumes the listing after the page at hand, "" after the last (R134).
func (p *Pages) Cursor() string {
	p.server.mu.Lock()
	defer p.server.mu.Unlock()
	return p.next.Page.Cursor
}

// Advance fetches the next page: one request of the type that the listing itself was (R137). If it
// fails, the page at hand stays.
func (p *Pages) Advance(ctx context.Context) error {
	p.server.mu.Lock()
	req := p.next
	p.server.mu.Unlock()
	if req.Page.Cursor == "" {
		return ErrNoMorePages
	}
	return p.fetch(ctx, req)
}

func (p *Pages) fetch(ctx context.Context, req emulator.Request) error {
	result, err := p.server.request(ctx, p.method, req)
	if err != nil {
		return err
	}
	p.server.mu.Lock()
	defer p.server.mu.Unlock()
	p.items, p.next.Page.Cursor = result.Items, result.Cursor
	return nil
}
