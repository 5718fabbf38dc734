package emulator

import (
	"context"
	"fmt"

	"github.com/klauspost/compress/zstd"
)

// Usage is what the universe's data takes of its room (R185). Nothing is refused for it.
type Usage struct {
	Keys            int   // with a value; removed ones take no room
	JSONBytes       int64 // of the latest values
	CompressedBytes int64 // each compressed, which is what counts; as by Roblox, assumed
}

// StorageMax returns the room that so many lifetime users have, 0 for no limit (R185).
func (p *Profile) StorageMax(lifetimeUsers int64) int64 {
	return p.StorageBytes + p.StorageBytesPerUser*lifetimeUsers
}

// Usage measures the latest version of every key.
func (e *Emulator) Usage(ctx context.Context) (Usage, error) {
	encoder, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1))
	if err != nil {
		return Usage{}, fmt.Errorf("measure storage: %w", err)
	}
	var total Usage
	var compressed []byte
	err = e.reading(ctx, "measure storage", func(ticks) error {
		return e.db.eachValue(func(value []byte) error {
			compressed = encoder.EncodeAll(value, compressed[:0])
			total.Keys++
			total.JSONBytes += int64(len(value))
			total.CompressedBytes += int64(len(compressed))
			return ctx.Err()
		})
	})
	if err != nil {
		return Usage{}, err
	}
	return total, nil
}
