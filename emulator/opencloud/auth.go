package opencloud

import (
	"crypto/subtle"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"time"
)

// Auth says who is let in.
type Auth uint8

// The ways to tell who asks.
const (
	Open     Auth = iota // everybody, with any key or none
	KeysOnly             // who shows one of Options.Keys, for what that key may
)

// String returns the name of the way, as the command line spells it.
func (a Auth) String() string {
	if a == KeysOnly {
		return "keys"
	}
	return "open"
}

// Key is an API key.
type Key struct {
	Secret string
	Owner  string   // whose limits the key's requests count in; keys can share one (O7)
	Scopes []string // permissions as section 1.2 names them; "*" is all

	// Where the key may be used; what is empty does not restrict it.
	Universes  []int64
	DataStores []string // names
	Networks   []netip.Prefix
	Expires    time.Time
}

// allows reports whether a key has a permission. Without keys, everybody has all.
func (k *Key) allows(scope string) bool {
	return k == nil || slices.Contains(k.Scopes, scope) || slices.Contains(k.Scopes, "*")
}

// identify finds the key of a request (O2, O3).
func (c *call) identify() error {
	if c.handler.options.Auth == Open {
		return nil
	}
	secret := c.http.Header.Get("x-api-key")
	bearer, isBearer := strings.CutPrefix(c.http.Header.Get("Authorization"), "Bearer ")
	if secret == "" && isBearer && c.route.oauth {
		secret = bearer
	}
	if secret == "" {
		return unauthorized("the request has no header x-api-key")
	}
	for i, key := range c.handler.options.Keys {
		if subtle.ConstantTimeCompare([]byte(key.Secret), []byte(secret)) == 1 {
			c.key = &c.handler.options.Keys[i]
		}
	}
	switch {
	case c.key == nil:
		return unauthorized("no key of this server is the one in x-api-key")
	case !c.key.Expires.IsZero() && !c.handler.options.Clock.Now().Before(c.key.Expires):
		return unauthorized("the key expired at " + timeV2(c.key.Expires))
	case !c.key.covers(c.http.RemoteAddr):
		return unauthorized("the key may not be used from this address")
	}
	return nil
}

func unauthorized(reason string) error {
	f := &failure{gateway: http.StatusUnauthorized, message: "Invalid API Key"}
	return f.because("%s", reason)
}

// covers reports whether the key may be used from an address. One that is none is in-process.
func (k *Key) covers(remote string) bool {
	if len(k.Networks) == 0 {
		return true
	}
	host, _, err := net.SplitHostPort(remote)
	if err != nil {
		host = remote
	}
	address, err := netip.ParseAddr(host)
	return err == nil && slices.ContainsFunc(k.Networks, func(n netip.Prefix) bool {
		return n.Contains(address.Unmap())
	})
}

// authorize asks whether the key may do what the route does (section 1.2).
func (c *call) authorize() error {
	switch {
	case c.key == nil:
		return nil
	case len(c.key.Universes) > 0 && !slices.Contains(c.key.Universes, c.universe):
		return c.forbidden("the key is not for universe %d", c.universe)
	}
	if store := c.storeName(); store != "" && len(c.key.DataStores) > 0 &&
		!slices.Contains(c.key.DataStores, store) {
		return c.forbidden("the key is not for the data store %q", store)
	}
	if c.route.scopes == nil {
		return nil // the handler asks, because it depends on what is there
	}
	return c.require(c.route.scopes...)
}

// require asks for permissions.
func (c *call) require(scopes ...string) error {
	for _, scope := range scopes {
		if !c.key.allows(scope) {
			return c.forbidden("the key lacks the permission %s", scope)
		}
	}
	return nil
}

func (c *call) forbidden(format string, args ...any) error {
	f := &failure{
		code: permissionDenied, detail: "Forbidden",
		message: "The api key does not have sufficient scope to perform this operation.",
	}
	if c.route.family == standardV1 {
		f.code = insufficientScope
	}
	return f.because(format, args...)
}

// storeName returns the data store that a request is about, "" if it is about none.
func (c *call) storeName() string {
	if name, ok := c.vars["store"]; ok {
		return name
	}
	if c.route.family == standardV1 {
		return c.param("datastoreName")
	}
	return ""
}

// Admits reports whether the sender of a request is let in at all to a universe, whatever it asks
// for. A server with many universes makes none for others.
func (h *Handler) Admits(r *http.Request, universe int64) bool {
	c := &call{handler: h, http: r, route: &route{oauth: true}}
	return c.identify() == nil && (c.key == nil || len(c.key.Universes) == 0 ||
		slices.Contains(c.key.Universes, universe))
}
