package main

import (
	"context"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"savestone/luabridge/roblox"
)

// allowNetFlag adds the flag that lets scripts out to the network.
func allowNetFlag(flags *pflag.FlagSet, hosts *[]string) {
	flags.StringSliceVar(hosts, "allow-net", nil,
		"`HOSTS` that HttpService may reach, such as 127.0.0.1:34890; no seed repeats an answer")
}

const (
	netTimeout  = 10 * time.Minute // a data store request can wait that long for its budget
	netBytesMax = 64 << 20
)

// fetchNet answers HttpService's requests to the hosts of --allow-net.
func fetchNet(ctx context.Context, r roblox.FetchRequest) (roblox.FetchResponse, error) {
	ctx, cancel := context.WithTimeout(ctx, netTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, r.Method, r.URL, strings.NewReader(r.Body))
	if err != nil {
		return roblox.FetchResponse{}, err
	}
	for name, value := range r.Header {
		request.Header.Set(name, value)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return roblox.FetchResponse{}, err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(io.LimitReader(answer.Body, netBytesMax))
	if err != nil {
		return roblox.FetchResponse{}, err
	}
	header := map[string]string{}
	for name := range answer.Header {
		header[name] = answer.Header.Get(name)
	}
	return roblox.FetchResponse{
		Status: answer.StatusCode, Message: http.StatusText(answer.StatusCode),
		Header: header, Body: string(body),
	}, nil
}
