package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// instanceFile is where a server tells the other commands in its folder how to reach it.
var instanceFile = filepath.Join(stateFolder, "instance.json")

// instance is a running server. The file is for its owner alone, as it has the token.
type instance struct {
	PID   int    `json:"pid"`
	URL   string `json:"url"`
	Token string `json:"token,omitempty"`
}

// word is the file that a server left; "" if it left none.
type word struct {
	path string
	instance
}

// leaveWord tells other commands where the server is. Of two servers in one folder, they find the
// later one.
func (s *server) leaveWord() (word, error) {
	w := word{s.flags.instance, instance{os.Getpid(), s.url(), s.flags.secret}}
	if w.path == "" {
		return w, nil
	}
	text, err := json.Marshal(w.instance)
	if err == nil {
		w.path, err = filepath.Abs(w.path)
	}
	if err == nil {
		err = os.MkdirAll(filepath.Dir(w.path), 0o755)
	}
	if err == nil {
		err = replaceFile(w.path, append(text, '\n'), 0o600)
	}
	if err != nil {
		return word{}, &exit{exitEnvironment, fmt.Errorf("--instance: %w", err)}
	}
	return w, nil
}

// remove takes the file away, unless a later server has left its own there.
func (w word) remove() error {
	if w.path == "" {
		return nil
	}
	now, err := readInstance(w.path)
	if err != nil || now != w.instance {
		return nil // it is gone, or somebody else's
	}
	return os.Remove(w.path)
}

func readInstance(path string) (instance, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return instance{}, err
	}
	var i instance
	if err := json.Unmarshal(text, &i); err != nil || i.URL == "" {
		return instance{}, fmt.Errorf("%s: want what savestone serve writes there", path)
	}
	return i, nil
}

// errNoInstance says that no server of this folder runs.
var errNoInstance = errors.New("no savestone is running here: there is no " + instanceFile +
	" in this folder or above; start savestone serve, or name one with --url or " + urlVariable)

// findInstance looks for a server's word in the working folder and in those above it.
func findInstance() (found instance, path string, err error) {
	folder, err := os.Getwd()
	if err != nil {
		return instance{}, "", &exit{exitEnvironment, err}
	}
	for {
		path = filepath.Join(folder, instanceFile)
		found, err = readInstance(path)
		if err == nil {
			return found, nearer(path), nil
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return instance{}, "", &exit{exitEnvironment, err}
		}
		if filepath.Dir(folder) == folder {
			return instance{}, "", &exit{exitEnvironment, errNoInstance}
		}
		folder = filepath.Dir(folder)
	}
}
