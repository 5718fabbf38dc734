package emulator

// What is committed stands in SQLite's log until a checkpoint copies it into the file. The
// checkpointer does that every so many bytes. The log itself can only begin anew once all of it is
// copied; should writers never let that happen, SQLite does the rest on its own within a commit, at
// so many pages. With full durability it does them all: each commit waits for the disk then, and a
// checkpoint beside would only be in its way.
const (
	checkpointBytes       = 4 << 20
	checkpointPagesBeside = 16_000
	checkpointPagesFull   = 1000
	pageBytes             = 4096
)

// checkpointer does the checkpoints of a file beside the requests, on a connection of its own,
// because they wait for the disk longer than anything else does.
type checkpointer struct {
	file *database
	due  chan struct{} // holds one
	done chan struct{} // closed at the end
}

// startCheckpointer ends with close.
func startCheckpointer(dataSource string) (*checkpointer, error) {
	conn, err := connect(dataSource)
	if err != nil {
		return nil, err
	}
	c := &checkpointer{
		file: &database{conn: conn},
		due:  make(chan struct{}, 1),
		done: make(chan struct{}),
	}
	go c.run()
	return c, nil
}

// run lets checkpoints fail, as SQLite does: whatever was answered is in the log, and the next one
// copies it.
func (c *checkpointer) run() {
	defer close(c.done)
	for range c.due {
		_ = c.file.exec(`PRAGMA wal_checkpoint(PASSIVE)`)
	}
}

// ask makes it do one soon, unless it is about to anyway.
func (c *checkpointer) ask() {
	select {
	case c.due <- struct{}{}:
	default:
	}
}

func (c *checkpointer) close() error {
	close(c.due)
	<-c.done
	return c.file.conn.Close()
}

// askForCheckpoint does so if enough was committed since the last time.
func (d *database) askForCheckpoint() {
	if d.logged >= checkpointBytes && d.checkpoints != nil {
		d.logged = 0
		d.checkpoints.ask()
	}
}
