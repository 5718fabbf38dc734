package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"
	"syscall"
)

const (
	defaultAddress = "127.0.0.1"
	defaultPort    = "34890"
	defaultListen  = defaultAddress + ":" + defaultPort
)

// listener takes the address. What others on the network could reach needs a key.
func (f *serveFlags) listener(ctx context.Context) (net.Listener, error) {
	address := f.listen
	if address == defaultListen {
		address = cmp.Or(os.Getenv("SAVESTONE_LISTEN"), address)
	}
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, usage("--listen: got %q, want an address such as %s", address, defaultListen)
	}
	if f.port >= 0 {
		port = strconv.Itoa(f.port)
	}
	if n, err := strconv.ParseUint(port, 10, 16); err != nil {
		return nil, usage("--port: got %s, want 0 to 65535", port)
	} else if !isLoopback(host) && f.token == "" && f.auth == "open" {
		return nil, usage("--listen: got %s, which others can reach; want --token or --auth keys",
			net.JoinHostPort(host, strconv.FormatUint(n, 10)))
	}
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", net.JoinHostPort(host, port))
	if errors.Is(err, syscall.EADDRINUSE) {
		err = fmt.Errorf("port %s is taken by %s; want --port with another one, or 0: %w",
			port, holder(port), err)
	}
	if err != nil {
		return nil, &exit{exitEnvironment, err}
	}
	return listener, nil
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// unknownHolder is who holds a port when the system does not tell.
const unknownHolder = "a process that the system does not name, perhaps another savestone"
