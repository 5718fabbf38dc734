package history

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/zstd"
)

// Kept is a world that was kept, to be judged again at another time: its history and its play in
// one file, and whatever who kept it wants to know then.
type Kept struct {
	About   json.RawMessage
	History *History
	Play    *Play
}

// A kept world is compressed (zstd); inside is JSON, a line each: the format with the keys in the
// order of their IDs, the history as Save writes it, and the play.

const keptFormat = "savestone.world/v1"

type keptHeader struct {
	Format string          `json:"format"`
	About  json.RawMessage `json:"about,omitempty"`
	Keys   []keyLine       `json:"keys"`
}

// Save writes the world so that LoadKept reads the same. The same world gives the same bytes.
func (k *Kept) Save(w io.Writer) error {
	compressed, err := zstd.NewWriter(w, zstd.WithEncoderConcurrency(1))
	if err != nil {
		return fmt.Errorf("save world: %w", err)
	}
	head := keptHeader{Format: keptFormat, About: k.About}
	for key := range k.History.Keys {
		head.Keys = append(head.Keys, k.History.keyLine(KeyID(key)))
	}
	encoder := newEncoder(compressed)
	err = encoder.Encode(head)
	if err == nil {
		err = k.History.encode(encoder)
	}
	if err == nil {
		err = encoder.Encode(k.Play)
	}
	if err = errors.Join(err, compressed.Close()); err != nil {
		return fmt.Errorf("save world: %w", err)
	}
	return nil
}

// LoadKept reads what Save wrote.
func LoadKept(r io.Reader) (*Kept, error) {
	plain, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1))
	if err != nil {
		return nil, fmt.Errorf("load world: %w", err)
	}
	defer plain.Close()
	k := &Kept{History: &History{names: newNames()}, Play: &Play{}}
	if err := k.decode(newDecoder(plain)); err != nil {
		return nil, fmt.Errorf("load world: %w", err)
	}
	return k, nil
}

func (k *Kept) decode(decoder *json.Decoder) error {
	var head keptHeader
	if err := decoder.Decode(&head); err != nil {
		return err
	}
	if head.Format != keptFormat {
		return fmt.Errorf("got the format %q, want %q", head.Format, keptFormat)
	}
	k.About = head.About
	for i := range head.Keys {
		if _, err := k.History.keyID(&head.Keys[i]); err != nil {
			return fmt.Errorf("key %d: %w", i, err)
		}
	}
	if err := k.History.decode(decoder); err != nil {
		return err
	}
	if err := decoder.Decode(k.Play); err != nil {
		return fmt.Errorf("play: %w", err)
	}
	if decoder.More() {
		return errors.New("got more after the play")
	}
	return nil
}
