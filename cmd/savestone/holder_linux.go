package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// holder names the process that listens on a TCP port, as far as this one may know.
func holder(port string) string {
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil {
		return unknownHolder
	}
	sockets := map[string]bool{} // as the links in /proc/PID/fd name them
	for _, table := range []string{"/proc/net/tcp", "/proc/net/tcp6"} {
		text, err := os.ReadFile(table)
		if err != nil {
			continue
		}
		for line := range strings.Lines(string(text)) {
			if inode, ok := listening(line, n); ok {
				sockets["socket:["+inode+"]"] = true
			}
		}
	}
	links, _ := filepath.Glob("/proc/[0-9]*/fd/*") // those that may be seen
	for _, link := range links {
		if target, err := os.Readlink(link); err == nil && sockets[target] {
			return process(strings.Split(link, "/")[2])
		}
	}
	return unknownHolder
}

// listening returns the inode of the socket that a line of /proc/net/tcp is about, if it listens on
// the port.
func listening(line string, port uint64) (inode string, ok bool) {
	const stateListen = "0A"
	fields := strings.Fields(line)
	if len(fields) < 10 || fields[3] != stateListen {
		return "", false
	}
	_, hex, _ := strings.Cut(fields[1], ":")
	local, err := strconv.ParseUint(hex, 16, 16)
	return fields[9], err == nil && local == port
}

// process names a process by its command. What stands behind that could hold secrets.
func process(pid string) string {
	name, err := os.ReadFile("/proc/" + pid + "/comm")
	if err != nil {
		return "process " + pid
	}
	return fmt.Sprintf("%s (process %s)", strings.TrimSpace(string(name)), pid)
}
