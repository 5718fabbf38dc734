package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"savestone/emulator/control"
	"savestone/emulator/universe"
)

// The timeouts of the server. They are generous: whoever is slower than that is no client.
const (
	headerTimeout   = 10 * time.Second
	requestTimeout  = time.Minute
	idleTimeout     = 2 * time.Minute
	shutdownTimeout = 10 * time.Second
)

// headersBytesMax is what net/http reads before the handler counts more exactly.
const headersBytesMax = 64 << 10

// server is a savestone serve at work.
type server struct {
	flags     *serveFlags
	universes *universe.Universes
	listener  net.Listener
	http      []*http.Server // the one that listens, and the one in the proxy's tunnels
	proxy     *proxy         // nil without --proxy
	failed    chan error
	end       func() // of requests that wait for something
}

// start opens the database, takes the address and begins to answer.
func (f *serveFlags) start(cmd *cobra.Command) (*server, error) {
	o, err := f.options()
	if err != nil {
		return nil, err
	}
	if err := f.checkFolders(); err != nil {
		return nil, err
	}
	s := &server{flags: f, failed: make(chan error, 2)}
	if s.listener, err = f.listener(cmd.Context()); err != nil {
		return nil, err
	}
	if s.universes, err = f.universes(cmd.Context()); err != nil {
		return nil, errors.Join(err, s.listener.Close())
	}
	if err := f.load(cmd.Context(), s.universes); err != nil {
		return nil, errors.Join(err, s.listener.Close(), s.universes.Close())
	}
	log := &requestLog{out: cmd.ErrOrStderr(), json: f.logFormat == "json"}
	if !f.quiet {
		o.Done = log.exchange
	}
	o.Panicked = log.panicked
	if err := s.serve(f.handler(s.universes, o), log); err != nil {
		return nil, errors.Join(err, s.listener.Close(), s.universes.Close())
	}
	return s, nil
}

// serve begins to answer with the API.
func (s *server) serve(api http.Handler, log io.Writer) error {
	names := s.flags.names(s.listener)
	ending := make(chan struct{})
	s.end = func() { close(ending) }
	guarded := guard(patient(api, ending), names)
	front := guarded
	if s.flags.proxy {
		authority, err := s.flags.authority()
		if err != nil {
			return err
		}
		s.proxy = newProxy(authority, names, s.listener.Addr())
		front = s.proxy.front(guarded)
		tunnels := newHTTPServer(guarded, log)
		tunnels.TLSConfig = s.proxy.tlsConfig()
		s.run(tunnels, s.proxy.tunnels)
	}
	s.run(newHTTPServer(refuseProxying(front, s.proxy != nil), log), s.listener)
	return nil
}

func newHTTPServer(handler http.Handler, errors io.Writer) *http.Server {
	return &http.Server{
		Handler: handler, ReadHeaderTimeout: headerTimeout, ReadTimeout: requestTimeout,
		WriteTimeout: requestTimeout, IdleTimeout: idleTimeout, MaxHeaderBytes: headersBytesMax,
		ErrorLog: log.New(errors, "", 0),
	}
}

// patient lets requests to the control API take their time: a game server's can wait for its
// budget, and some tell of what happens as it does. They end when the server does.
func patient(next http.Handler, ending <-chan struct{}) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, control.Base+"/") {
			c := http.NewResponseController(w)
			_ = c.SetReadDeadline(time.Time{}) // where there are no deadlines, none is missed
			_ = c.SetWriteDeadline(time.Time{})
			ctx, cancel := context.WithCancel(r.Context())
			defer cancel()
			go func() {
				select {
				case <-ending:
					cancel()
				case <-ctx.Done():
				}
			}()
			r = r.WithContext(ctx)
		}
		next.ServeHTTP(w, r)
	})
}

// run has an HTTP server answer what comes in at a listener.
func (s *server) run(server *http.Server, listener net.Listener) {
	s.http = append(s.http, server)
	go func() { s.failed <- server.Serve(listener) }()
}

// url is where the server is.
func (s *server) url() string { return "http://" + s.listener.Addr().String() }

// wait returns when the server is to end, or cannot go on.
func (s *server) wait(ctx context.Context) error {
	select {
	case err := <-s.failed:
		s.failed <- nil // close waits for one of each
		return &exit{exitEnvironment, fmt.Errorf("serve: %w", err)}
	case <-ctx.Done():
		return &exit{exitInterrupted, nil}
	}
}

// close takes no more requests, answers those that have begun, and closes the database, which then
// has all that was answered.
func (s *server) close(ctx context.Context) error {
	s.end()
	timeout, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTimeout)
	defer cancel()
	var failed error
	for _, server := range s.http {
		if err := server.Shutdown(timeout); err != nil {
			failed = &exit{exitEnvironment, fmt.Errorf("finish what has begun: %w", err)}
			failed = errors.Join(failed, server.Close())
		}
	}
	for range s.http {
		<-s.failed
	}
	return errors.Join(failed, s.flags.save(ctx, s.universes), s.universes.Close())
}
