package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"savestone/emulator/control"
)

// writer counts on in a key of its own, as long as it is answered.
func (s *serverProcess) writer(client *http.Client, key string) (acknowledged int) {
	for n := 1; ; n++ {
		target := s.url + storesPath + "/Coins/entries/" + key + "?allowMissing=true"
		r, err := http.NewRequest("PATCH", target, strings.NewReader(fmt.Sprintf(`{"value":%d}`, n)))
		if err != nil {
			return acknowledged
		}
		r.Header.Set("Content-Type", "application/json")
		answer, err := client.Do(r)
		if err != nil {
			return acknowledged
		}
		_, err = io.Copy(io.Discard, answer.Body)
		answer.Body.Close()
		if err != nil || answer.StatusCode != http.StatusOK {
			return acknowledged
		}
		acknowledged = n
	}
}

// What a client was told is stored is stored, whichever way the server ends.
func TestNoAcknowledgedWriteIsLostWhenTheServerEnds(t *testing.T) {
	for _, c := range []struct {
		signal syscall.Signal
		code   int
	}{
		{syscall.SIGTERM, exitTerminated}, {syscall.SIGINT, exitInterrupted},
		{syscall.SIGKILL, -int(syscall.SIGKILL)},
	} {
		t.Run(c.signal.String(), func(t *testing.T) {
			db := filepath.Join(t.TempDir(), "data.db")
			s := startProcess(t, "--db", db, "--profile", "unlimited")
			const writers = 8
			var acknowledged [writers]int
			var work sync.WaitGroup
			begun := make(chan struct{}, writers)
			client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: writers}}
			for i := range writers {
				work.Go(func() {
					s.ask(client, "GET", storesPath)
					begun <- struct{}{}
					acknowledged[i] = s.writer(client, fmt.Sprint(i))
				})
			}
			for range writers {
				<-begun
			}
			for n := 0; n < 200; n++ { // lets them write
				s.ask(client, "GET", storesPath)
			}
			s.signal(c.signal)
			work.Wait()
			require.Equal(t, c.code, s.ended(), s.errs)

			s = startProcess(t, "--db", db, "--profile", "unlimited")
			total := 0
			for i, want := range acknowledged {
				body := s.ask(client, "GET", storesPath+"/Coins/entries/"+fmt.Sprint(i))
				stored := 0
				if _, after, ok := strings.Cut(body, `"value":`); ok {
					_, err := fmt.Sscanf(after, "%d", &stored)
					require.NoError(t, err, body)
				}
				require.GreaterOrEqual(t, stored, want, "writer %d", i)
				total += want
			}
			require.Positive(t, total)
		})
	}
}

// ask returns the body of an answer, "" if there is none.
func (s *serverProcess) ask(client *http.Client, method, path string) string {
	r, err := http.NewRequest(method, s.url+path, nil)
	if err != nil {
		return ""
	}
	answer, err := client.Do(r)
	if err != nil {
		return ""
	}
	defer answer.Body.Close()
	text, _ := io.ReadAll(answer.Body)
	return string(text)
}

// unfinished has the server read a body that does not come.
func (s *serverProcess) unfinished() net.Conn {
	conn, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
	require.NoError(s.t, err)
	fmt.Fprintf(conn, "POST %s/Coins/entries?id=a HTTP/1.1\r\nHost: localhost\r\n"+
		"Content-Type: application/json\r\nContent-Length: 11\r\nExpect: 100-continue\r\n\r\n", storesPath)
	answer := make([]byte, len("HTTP/1.1 100 Continue\r\n\r\n"))
	_, err = io.ReadFull(conn, answer) // it waits for the body now
	require.NoError(s.t, err)
	require.Contains(s.t, string(answer), "100 Continue")
	return conn
}

func TestServerFinishesWhatHasBegun(t *testing.T) {
	s := startProcess(t, "--memory")
	conn := s.unfinished()
	defer conn.Close()
	s.signal(syscall.SIGTERM)
	for { // until it takes no more
		other, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
		if err != nil {
			break
		}
		other.Close()
	}
	fmt.Fprint(conn, `{"value":1}`)
	answer, err := io.ReadAll(conn)
	require.NoError(t, err)
	require.Contains(t, string(answer), "200 OK")
	require.Contains(t, string(answer), `"value":1`)
	require.Equal(t, exitTerminated, s.ended(), s.errs)
}

func TestSecondInterruptEndsTheServerAtOnce(t *testing.T) {
	s := startProcess(t, "--memory")
	conn := s.unfinished()
	defer conn.Close()
	s.signal(os.Interrupt)
	for {
		other, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
		if err != nil {
			break
		}
		other.Close()
	}
	s.signal(os.Interrupt)
	require.Equal(t, -int(syscall.SIGINT), s.ended())
}

// Who follows the log would otherwise keep the server for as long as it waits for the last request.
func TestStreamsEndWithTheServer(t *testing.T) {
	s := startProcess(t, "--memory")
	answer, err := http.Get(s.url + control.Base + "/requests/stream")
	require.NoError(t, err)
	defer answer.Body.Close()
	require.Equal(t, http.StatusOK, answer.StatusCode)
	begun := time.Now()
	s.signal(syscall.SIGTERM)
	require.Equal(t, exitTerminated, s.ended(), s.errs)
	require.Less(t, time.Since(begun), shutdownTimeout)
}
