package main

import (
	"bytes"
	"context"
	"io"
	"time"

	"savestone/emulator"
	"savestone/emulator/control"
)

// storedAtServer is the data of a running server.
type storedAtServer struct{ *remote }

// Do implements emulator.Service.
func (s storedAtServer) Do(ctx context.Context, req emulator.Request) (emulator.Result, error) {
	var result control.DataResult
	in := control.NewDataRequest(req)
	if err := s.do(ctx, "POST", s.about("/data"), in, &result); err != nil {
		return emulator.Result{}, err
	}
	return result.Result()
}

// Export visits everything that is stored, as an Emulator does.
func (s storedAtServer) Export(ctx context.Context, visit func(emulator.Record) error) error {
	answer, err := s.open(ctx, "GET", s.about("/state/export"), nil)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	for r, err := range control.Records(answer.Body) {
		if err == nil {
			err = visit(r)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// load sends what an importer reads. All of it is read before any is sent: what is wrong with the
// files is told in their own words.
func (s storedAtServer) load(ctx context.Context, i *importer) error {
	var lines bytes.Buffer
	for r, err := range i.records() {
		if err != nil {
			return environment(err)
		}
		line, err := control.EncodeRecord(r)
		if err != nil {
			return environment(err)
		}
		lines.Write(line)
	}
	answer, err := s.open(ctx, "POST", s.about("/state/import"), &lines)
	if err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, answer.Body)
	answer.Body.Close()
	return environment(err)
}

// Reset forgets everything that is stored.
func (s storedAtServer) Reset(ctx context.Context) error {
	return s.do(ctx, "POST", s.about("/state/reset"), nil, nil)
}

func (s storedAtServer) snapshots(ctx context.Context) ([]snapshotRecord, error) {
	var list control.SnapshotList
	if err := s.do(ctx, "GET", s.about("/state/snapshots"), nil, &list); err != nil {
		return nil, err
	}
	records := []snapshotRecord{}
	for _, snapshot := range list.Snapshots {
		if t, err := time.Parse(time.RFC3339Nano, snapshot.Taken); err == nil {
			snapshot.Taken = timeText(t.UnixMilli())
		}
		records = append(records, snapshotRecord(snapshot))
	}
	return records, nil
}

func (s storedAtServer) snapshot(ctx context.Context, name string, replace bool) error {
	in := control.SnapshotName{Name: name, Replace: replace}
	return s.do(ctx, "POST", s.about("/state/snapshots"), in, nil)
}

func (s storedAtServer) restore(ctx context.Context, name string) error {
	in := control.SnapshotName{Name: name}
	return s.do(ctx, "POST", s.about("/state/restore"), in, nil)
}
