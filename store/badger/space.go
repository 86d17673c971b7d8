package badger

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"go.uber.org/zap"
)

// Badger writes its files through memory. Where the disk has no block left for
// such a write, the kernel ends the whole process, and again at each start. So
// nothing is written while there is less free space than Badger can ask for
// before anybody looks again: below the mark.

const (
	// tablesMost is how much of a database is rewritten at a time, at most:
	// new tables are there before the old ones go.
	tablesMost = 256 << 20

	// markPart is the part of the file system that is left free in any case,
	// for what others write meanwhile.
	markPart = 16

	// narrowBelow is how much free space somebody could take while a batch is
	// being written. With less, logs get their blocks in advance.
	narrowBelow = 8 << 30

	// weighEvery is how often the tables are added up.
	weighEvery = 2 * time.Second

	// smallVolume is the size of a file system for which the usual memory
	// tables, and their logs, are too large.
	smallVolume = 512 << 20
)

// A volume is what a file system says of itself. Its total is 0 where nothing
// is known: then there is no mark.
type volume struct{ total, free int64 }

// A space looks after the free space. It is the committer's.
type space struct {
	dir      string
	log      *zap.Logger
	memTable int64 // how much waits in memory to be written as a table
	stat     func(dir string) (volume, error)

	tables  int64     // what they weigh
	weighed time.Time // when that was found out
	low     bool
	narrow  bool // see narrowBelow
}

func newSpace(o Options) (*space, error) {
	s := &space{dir: o.Path, log: o.Logger, memTable: memTableSize, stat: o.stat}
	v, err := s.stat(s.dir)
	if err != nil {
		return nil, fmt.Errorf("looking at the free space: %w", err)
	}
	small, err := canBeSmall(s.dir)
	if err != nil {
		return nil, err
	}
	if v.total > 0 && v.total < smallVolume && small {
		s.memTable = smallMemTable
	}
	return s, nil
}

// canBeSmall reports whether all logs that were left by a crash fit into small
// memory tables. Badger ends the process where one does not.
func canBeSmall(dir string) (bool, error) {
	logs, err := filesIn(dir, logSuffix)
	if err != nil {
		return false, err
	}
	for _, l := range logs {
		if n := l.Size(); n != 0 && n != 2*smallMemTable {
			return false, nil
		}
	}
	return true, nil
}

// check returns an error that wraps [ErrNoSpace] where there is less free space
// than the mark, or, if that was so the last time, not yet a bit more.
func (s *space) check(now time.Time) error {
	v, mark, err := s.measure(now)
	if err != nil || v.total == 0 {
		return err
	}
	s.narrow = v.free < narrowBelow
	want := mark
	if s.low {
		want += mark / markPart
	}
	s.note(v.free < want, v, mark)
	if !s.low {
		return nil
	}
	return s.short(v, mark)
}

// first does the same before the database is open, and logs nothing: whoever
// opens it does.
func (s *space) first(now time.Time) error {
	v, mark, err := s.measure(now)
	if err != nil || v.total == 0 || v.free >= mark {
		return err
	}
	return s.short(v, mark)
}

// short says how short space is.
func (s *space) short(v volume, mark int64) error {
	return fmt.Errorf("%w: %s has %d MiB left and the free-space mark is at %d MiB", ErrNoSpace, s.dir, v.free>>20, mark>>20)
}

// measure returns what there is, and the mark: room for two tables out of
// memory, and for what may be rewritten or what others may write meanwhile.
func (s *space) measure(now time.Time) (v volume, mark int64, err error) {
	if v, err = s.stat(s.dir); err != nil {
		return v, 0, fmt.Errorf("looking at the free space: %w", err)
	}
	most := v.total / markPart
	if most < tablesMost {
		if err := s.weigh(now); err != nil {
			return v, 0, err
		}
		most = max(most, s.tables)
	}
	return v, 2*s.memTable + min(most, tablesMost), nil
}

// tight reports whether there is no room even for the tables that closing the
// database makes of what is in memory.
func (s *space) tight() bool {
	v, err := s.stat(s.dir)
	return err == nil && v.total > 0 && v.free < 2*s.memTable
}

// note logs when it begins and when it ends, and nothing in between.
func (s *space) note(low bool, v volume, mark int64) {
	if low == s.low {
		return
	}
	s.low = low
	about := []zap.Field{zap.String("path", s.dir), zap.Int64("free_bytes", v.free), zap.Int64("mark_bytes", mark)}
	if low {
		s.log.Error("free space is below the mark; uses are refused until there is more", about...)
		return
	}
	s.log.Info("free space is above the mark again; uses are counted", about...)
}

// weigh adds up the tables, unless that was done lately.
func (s *space) weigh(now time.Time) error {
	if !s.weighed.IsZero() && now.Sub(s.weighed) < weighEvery {
		return nil
	}
	tables, err := filesIn(s.dir, ".sst")
	if err != nil {
		return err
	}
	s.tables, s.weighed = 0, now
	for _, t := range tables {
		s.tables += t.Size()
	}
	return nil
}

// filesIn returns the files of a directory whose names end in suffix, in the
// order of their names. Those that go away meanwhile are left out.
func filesIn(dir, suffix string) (files []fs.FileInfo, err error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("looking at the database: %w", err)
	}
	for _, e := range entries {
		if filepath.Ext(e.Name()) != suffix {
			continue
		}
		if info, err := e.Info(); err == nil {
			files = append(files, info)
		}
	}
	return files, nil
}
