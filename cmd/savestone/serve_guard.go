package main

import (
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// openCloudHost is what clients call the API when they reach it through a proxy.
const openCloudHost = "apis.roblox.com"

// names returns what clients may call the server: a page in a browser could otherwise reach it
// under a name of its own that it has made point here (DNS rebinding).
func (f *serveFlags) names(listener net.Listener) []string {
	names := append([]string{"localhost", "127.0.0.1", "::1", openCloudHost}, f.hosts...)
	if host, _, err := net.SplitHostPort(listener.Addr().String()); err == nil {
		names = append(names, host)
	}
	return names
}

// guard lets through what is meant for the server, and what no foreign page sent.
func guard(next http.Handler, names []string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		origins := r.Header.Values("Origin")
		foreign := func(origin string) bool { return !allowedOrigin(origin, names) }
		switch {
		case !allowed(r.Host, names):
			forbid(w, "the header Host names another server; see --allowed-hosts")
		case slices.ContainsFunc(origins, foreign):
			forbid(w, "the header Origin names another site; see --allowed-hosts")
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// allowed reports whether a host, with or without port, is one of the names.
func allowed(host string, names []string) bool {
	name, _, err := net.SplitHostPort(host)
	if err != nil {
		name = host
		if inner, ok := strings.CutPrefix(host, "["); ok {
			name = strings.TrimSuffix(inner, "]")
		}
	}
	return slices.ContainsFunc(names, func(n string) bool { return isName(name, n) })
}

// isName reports whether two hosts are one. A name may end in the dot of the root; an address may
// be written in more ways than one.
func isName(got, want string) bool {
	if a, b := net.ParseIP(got), net.ParseIP(want); a != nil && b != nil {
		return a.Equal(b)
	}
	return strings.EqualFold(strings.TrimSuffix(got, "."), want)
}

// allowedOrigin reports whether an origin is of this machine. The null that browsers send for pages
// without one is not: any page can get it.
func allowedOrigin(origin string, names []string) bool {
	u, err := url.Parse(origin)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && allowed(u.Host, names)
}

func forbid(w http.ResponseWriter, reason string) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Savestone-Reason", reason)
	w.WriteHeader(http.StatusForbidden)
	w.Write([]byte(`{"errors":[{"code":0,"message":"Forbidden"}]}`))
}
