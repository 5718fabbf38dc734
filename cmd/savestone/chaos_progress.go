package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"savestone/emulator"
	"savestone/scenarios"
	"savestone/scenarios/verdict"
)

// progress tells how far a run is: a bar on a terminal, a line now and then elsewhere.
type progress struct {
	to       io.Writer
	terminal bool
	total    int
	began    time.Time

	mu     sync.Mutex
	ended  int
	failed int
	told   time.Time
	shown  bool
}

const (
	barDelay  = 500 * time.Millisecond // a run that is over by then needs no bar
	barEvery  = 100 * time.Millisecond
	lineEvery = 10 * time.Second
	barWidth  = 28
)

func newProgress(to io.Writer, f *scenarios.File, o scenarios.Options) *progress {
	p := &progress{to: to, terminal: isTerminal(to), began: emulator.Wall{}.Now()}
	p.told = p.began
	for _, c := range f.Cells {
		planned := c.Plan.Worlds
		if o.Worlds > 0 {
			planned = o.Worlds
		}
		for world := range planned {
			if o.Shard.Has(world) && o.Takes(c.Name) {
				p.total++
			}
		}
	}
	return p
}

func isTerminal(w io.Writer) bool {
	file, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// done counts a world.
func (p *progress) done(row verdict.Row) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ended++
	if row.Broken() {
		p.failed++
	}
	now := emulator.Wall{}.Now()
	every := lineEvery
	if p.terminal {
		every = barEvery
	}
	if now.Sub(p.began) < barDelay || now.Sub(p.told) < every {
		return
	}
	p.told, p.shown = now, true
	text := fmt.Sprintf("%d of %d worlds, %d broken, %s",
		p.ended, max(p.total, p.ended), p.failed, now.Sub(p.began).Round(time.Second))
	if !p.terminal {
		fmt.Fprintln(p.to, text)
		return
	}
	full := barWidth * p.ended / max(p.total, p.ended)
	fmt.Fprintf(p.to, "\r %s%s  %s\x1b[K",
		strings.Repeat("█", full), strings.Repeat("░", barWidth-full), text)
}

// end takes the bar away.
func (p *progress) end() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.terminal && p.shown {
		fmt.Fprint(p.to, "\r\x1b[K")
	}
}
