package main

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"

	"savestone/emulator"
)

// proxy answers clients that reach for Roblox through it: those that ask for a tunnel (CONNECT),
// and those that send the whole address. It goes nowhere itself.
type proxy struct {
	authority *authority
	names     []string // that mean this server
	port      string
	tunnels   *tunnels
}

func newProxy(a *authority, names []string, at net.Addr) *proxy {
	_, port, _ := net.SplitHostPort(at.String()) // a listener always has one
	t := &tunnels{at: at, conns: make(chan net.Conn), closed: make(chan struct{})}
	return &proxy{authority: a, names: names, port: port, tunnels: t}
}

func (p *proxy) tlsConfig() *tls.Config {
	return &tls.Config{
		MinVersion: tls.VersionTLS12, NextProtos: []string{"h2", "http/1.1"},
		GetCertificate: p.authority.certificate,
	}
}

// front answers what is meant for a proxy, and leaves the rest to the server.
func (p *proxy) front(server http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.Method != http.MethodConnect && !r.URL.IsAbs():
			server.ServeHTTP(w, r)
		case !p.isHere(r.Host):
			refuseHost(w, r.Host)
		case r.Method == http.MethodConnect:
			p.tunnel(w)
		default:
			server.ServeHTTP(w, r)
		}
	})
}

// isHere reports whether a host is Roblox's, or this server's own.
func (p *proxy) isHere(host string) bool {
	name, port, err := net.SplitHostPort(host)
	if err != nil {
		name, port = host, "80" // of an address without a port
	}
	if isName(name, openCloudHost) {
		return port == "443" || port == "80"
	}
	return port == p.port && allowed(host, p.names)
}

// refuseHost says that a proxy which goes nowhere was asked to.
func refuseHost(w http.ResponseWriter, host string) {
	text := fmt.Sprintf("savestone is a proxy for %s only and does not pass on requests to %s; "+
		"give the client NO_PROXY=%s, or no proxy for it", openCloudHost, printable(host),
		printable(withoutPort(host)))
	w.Header().Set("Savestone-Reason", printableASCII(text))
	http.Error(w, text, http.StatusForbidden)
}

// refuseProxying refuses tunnels where there is no proxy.
func refuseProxying(next http.Handler, isProxy bool) http.Handler {
	if isProxy {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodConnect {
			next.ServeHTTP(w, r)
			return
		}
		const text = "this server is no proxy; start it with savestone serve --proxy"
		w.Header().Set("Savestone-Reason", text)
		http.Error(w, text, http.StatusMethodNotAllowed)
	})
}

// tunnel takes the connection over and hands it to the server behind the proxy.
func (p *proxy) tunnel(w http.ResponseWriter) {
	conn, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		http.Error(w, "tunnels need HTTP/1.1", http.StatusHTTPVersionNotSupported)
		return
	}
	_ = conn.SetDeadline(emulator.Wall{}.Now().Add(headerTimeout))
	_, err = conn.Write([]byte("HTTP/1.1 200 Connection Established\r\n\r\n"))
	if err != nil {
		conn.Close()
		return
	}
	const handshake = 0x16 // the first byte of TLS
	first, err := buffered.Reader.Peek(1)
	if err != nil {
		conn.Close()
		return
	}
	inner := net.Conn(&peekedConn{Conn: conn, reader: buffered.Reader})
	if first[0] == handshake {
		inner = tls.Server(inner, p.tlsConfig())
	}
	p.tunnels.add(inner)
}

// peekedConn is a connection of which some bytes were read already.
type peekedConn struct {
	net.Conn
	reader *bufio.Reader
}

// Read implements net.Conn.
func (c *peekedConn) Read(b []byte) (int, error) { return c.reader.Read(b) }

// tunnels is a net.Listener of the connections in tunnels.
type tunnels struct {
	at     net.Addr
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func (t *tunnels) add(conn net.Conn) {
	select {
	case t.conns <- conn:
	case <-t.closed:
		conn.Close()
	}
}

// Accept implements net.Listener.
func (t *tunnels) Accept() (net.Conn, error) {
	select {
	case conn := <-t.conns:
		return conn, nil
	case <-t.closed:
		return nil, net.ErrClosed
	}
}

// Close implements net.Listener.
func (t *tunnels) Close() error {
	t.once.Do(func() { close(t.closed) })
	return nil
}

// Addr implements net.Listener.
func (t *tunnels) Addr() net.Addr { return t.at }

func withoutPort(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		return name
	}
	return host
}

// printableASCII is text that a header can hold.
func printableASCII(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return '?'
		}
		return r
	}, text)
}
