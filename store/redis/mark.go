package redis

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"go.uber.org/zap"
)

// markEvery is how often the mark is written at most.
const markEvery = time.Second

// A mark is the file that remembers the history of the database over restarts
// of the gateway.
type mark struct {
	path string // empty: none

	mu    sync.Mutex // held while it is written
	saved markContent
	at    time.Time
}

type markContent struct {
	Epoch string  `json:"epoch"`
	Seen  []int64 `json:"seen"`
}

func (c markContent) equal(o markContent) bool {
	return c.Epoch == o.Epoch && slices.Equal(c.Seen, o.Seen)
}

// loadMark begins with what the mark says.
func (s *Store) loadMark() error {
	m := &s.history.mark
	m.path = s.opts.Mark
	if m.path == "" {
		return nil
	}
	text, err := os.ReadFile(m.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("reading the mark: %w", err)
	}
	if err := json.Unmarshal(text, &m.saved); err != nil || m.saved.Epoch == "" {
		return fmt.Errorf("the mark %s cannot be understood: where the database is known to be whole, remove it", m.path)
	}
	s.history.epoch, s.history.seen = m.saved.Epoch, slices.Clone(m.saved.Seen)
	return nil
}

// saveMark writes the mark if it has changed.
func (s *Store) saveMark() {
	h := &s.history
	m := &h.mark
	m.mu.Lock()
	defer m.mu.Unlock()
	h.mu.Lock()
	next := markContent{h.epoch, slices.Clone(h.seen)}
	h.mu.Unlock()
	if m.path == "" || next.Epoch == "" || next.equal(m.saved) {
		return
	}
	m.at = time.Now()
	if err := replaceFile(m.path, next); err != nil {
		s.log.Error("the mark cannot be written: that the database is set back while no gateway runs will not be noticed",
			zap.Error(err))
		return
	}
	m.saved = next
}

// due reports whether the mark may be written again.
func (m *mark) due() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return time.Since(m.at) >= markEvery
}

// replaceFile puts a new file in the place of the old one, which stays whole
// until then.
func replaceFile(path string, content markContent) error {
	text, err := json.Marshal(content)
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	_, err = f.Write(append(text, '\n'))
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		_ = os.Remove(f.Name())
	}
	return err
}
