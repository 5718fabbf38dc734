package main

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// dummyKey is what a command gets for an API key where any will do. It looks like none.
const dummyKey = "savestone"

// rootFiles are where systems keep the certificates that they trust, the likeliest first.
var rootFiles = []string{
	"/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt",
	"/etc/ssl/ca-bundle.pem", "/etc/pki/tls/cacert.pem",
	"/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", "/etc/ssl/cert.pem",
}

// environment is that of the command: the one it would have, and where the server is.
func (f *execFlags) environment(old []string, s *server, folder string) ([]string, error) {
	env := variables{}
	env.add(old)
	key := cmp.Or(f.token, dummyKey)
	for name, value := range map[string]string{
		"SAVESTONE_URL": s.url(), "JEST_ROBLOX_OPEN_CLOUD_BASE_URL": s.url(),
		"SAVESTONE_API_KEY": key, "ROBLOX_OPEN_CLOUD_API_KEY": key,
		"ROBLOX_UNIVERSE_ID": fmt.Sprint(max(1, f.universe)),
		"ROBLOX_PLACE_ID":    fmt.Sprint(f.place),
	} {
		env[name] = value
	}
	if f.secret != "" {
		env[tokenVariable] = f.secret
	}
	if f.proxy {
		if err := env.proxy(s, folder); err != nil {
			return nil, err
		}
	}
	return env.list(), nil
}

// variables are an environment.
type variables map[string]string

func (v variables) add(list []string) {
	for _, pair := range list {
		name, value, _ := strings.Cut(pair, "=")
		v[name] = value
	}
}

func (v variables) list() []string {
	var list []string
	for name, value := range v {
		list = append(list, name+"="+value)
	}
	slices.Sort(list)
	return list
}

// proxy adds what has clients go through the proxy and trust it. Some of the variables name all
// that is trusted, so they get what was trusted before, too.
func (v variables) proxy(s *server, folder string) error {
	for _, name := range []string{"HTTPS_PROXY", "https_proxy"} {
		v[name] = s.url()
	}
	direct := v.direct()
	v["NO_PROXY"], v["no_proxy"] = direct, direct
	v["NODE_USE_ENV_PROXY"] = "1"
	own := s.proxy.authority.pem()
	for _, c := range []struct {
		file, was string
		system    bool // beside those of the system
		names     []string
	}{
		{"ca.pem", v["NODE_EXTRA_CA_CERTS"], false, []string{"NODE_EXTRA_CA_CERTS"}},
		{"deno.pem", v["DENO_CERT"], false, []string{"DENO_CERT"}},
		{"roots.pem", v["SSL_CERT_FILE"], true, []string{"SSL_CERT_FILE"}},
		{"curl.pem", v["CURL_CA_BUNDLE"], true, []string{"CURL_CA_BUNDLE"}},
		{"requests.pem", cmp.Or(v["REQUESTS_CA_BUNDLE"], v["CURL_CA_BUNDLE"]), true,
			[]string{"REQUESTS_CA_BUNDLE"}},
	} {
		trusted, err := trusted(c.was, c.system)
		if err != nil {
			return err
		}
		path := filepath.Join(folder, c.file)
		if err := os.WriteFile(path, append(trusted, own...), 0o600); err != nil {
			return err
		}
		for _, name := range c.names {
			v[name] = path
		}
	}
	return nil
}

// direct is NO_PROXY: what it was, without what would have Roblox's host go past the proxy, and
// what is on this machine.
func (v variables) direct() string {
	var list []string
	for host := range strings.SplitSeq(cmp.Or(v["NO_PROXY"], v["no_proxy"]), ",") {
		host = strings.TrimSpace(host)
		name := strings.TrimPrefix(strings.TrimPrefix(host, "*"), ".")
		if host != "" && name != "" && !strings.HasSuffix(openCloudHost, name) {
			list = append(list, host)
		}
	}
	for _, host := range []string{"localhost", "127.0.0.1", "::1"} {
		if !slices.Contains(list, host) {
			list = append(list, host)
		}
	}
	return strings.Join(list, ",")
}

// trusted reads the certificates that were trusted: those of a file that a variable named, or of
// the system.
func trusted(file string, system bool) ([]byte, error) {
	if file != "" {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("read the certificates that are trusted: %w", err)
		}
		return append(text, '\n'), nil
	}
	if !system {
		return nil, nil
	}
	for _, file := range rootFiles {
		if text, err := os.ReadFile(file); err == nil {
			return append(text, '\n'), nil
		}
	}
	return nil, nil // this system keeps them elsewhere; the proxy's own will do
}
