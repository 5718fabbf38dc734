package opencloud

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
)

// Request is a request that does not come from a socket.
type Request struct {
	Method string
	URL    string // the host does not matter
	Header map[string]string
	Body   []byte
}

// Response is the answer to a Request.
type Response struct {
	Status  int
	Message string // what the status is called
	Header  map[string]string
	Body    []byte
}

// Fetch answers a request in this process: HttpService in Luau uses the API through it.
func (h *Handler) Fetch(ctx context.Context, r Request) (Response, error) {
	request, err := http.NewRequestWithContext(ctx, r.Method, r.URL, bytes.NewReader(r.Body))
	if err != nil {
		return Response{}, fmt.Errorf("fetch %s: %w", r.URL, err)
	}
	for name, value := range r.Header {
		request.Header.Set(name, value)
	}
	request.Header.Set("Content-Length", fmt.Sprint(len(r.Body)))
	memo := recorder{header: http.Header{}}
	h.ServeHTTP(&memo, request)
	answer := Response{
		Status: memo.status, Message: http.StatusText(memo.status),
		Header: map[string]string{}, Body: memo.body.Bytes(),
	}
	for name := range memo.header {
		answer.Header[name] = memo.header.Get(name)
	}
	return answer, nil
}

// recorder is an http.ResponseWriter that remembers.
type recorder struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (r *recorder) Header() http.Header { return r.header }

func (r *recorder) WriteHeader(status int) { r.status = status }

func (r *recorder) Write(data []byte) (int, error) { return r.body.Write(data) }
