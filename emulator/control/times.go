package control

import "time"

// shownTime writes a time as the API does, exact to the nanosecond.
func shownTime(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }
