package control_test

import "time"

const (
	eventually = 10 * time.Second // for what another goroutine does at once
	tick       = time.Millisecond
	frame      = time.Second / 60
	hour       = time.Hour
)
