package luabridge

import (
	"context"
	"sync"

	"savestone/emulator/opencloud"
	"savestone/luabridge/roblox"
)

// Fetch answers HttpService's requests to Open Cloud.
type Fetch func(ctx context.Context, r roblox.FetchRequest) (roblox.FetchResponse, error)

// OpenCloud returns what answers HttpService's requests to Open Cloud: the API itself, without a
// network between. The servers of one universe should share it, as they share its limits.
func OpenCloud(o opencloud.Options) Fetch {
	// Most servers never ask.
	handler := sync.OnceValue(func() *opencloud.Handler { return opencloud.New(o) })
	return func(ctx context.Context, r roblox.FetchRequest) (roblox.FetchResponse, error) {
		answer, err := handler().Fetch(ctx, opencloud.Request{
			Method: r.Method, URL: r.URL, Header: r.Header, Body: []byte(r.Body),
		})
		return roblox.FetchResponse{
			Status: answer.Status, Message: answer.Message,
			Header: answer.Header, Body: string(answer.Body),
		}, err
	}
}

// openCloud is what answers a game that was given nothing for it: its own services.
func (g *Game) openCloud(o Options) Fetch {
	return OpenCloud(opencloud.Options{
		Service: o.Service, Clock: o.Sim, MemoryStores: o.MemoryStores,
		Publish: func(topic, message string) error { return g.Publish(topic, message) },
	})
}
