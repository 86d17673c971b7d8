package badger

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// logSuffix is that of Badger's write-ahead logs, one for each memory table.
const logSuffix = ".mem"

// A spareLog gives the write-ahead logs their blocks before Badger writes to
// them, so that a disk that fills up from one moment to the next fails a call
// of ours and not a write to memory, which would end the process. The next log
// it makes in advance, empty but with all its blocks, under the name that Badger
// will give it: Badger takes an empty file for one that it has just made.
type spareLog struct {
	dir  string
	size int64    // what a log can grow to
	next string   // the path of the next log
	file *os.File // the next log, made in advance; nil where it is not
	none bool     // the file system cannot give blocks in advance
}

// newSpareLog looks after the logs of memory tables of a size. A log takes a
// table and the one call that overflows it, which has 15 % of a table at most.
func newSpareLog(dir string, memTable int64) *spareLog {
	return &spareLog{dir: dir, size: memTable / 4 * 5}
}

// sweep removes the spare log that a crash has left: Badger opens nothing where
// there is an empty log. Where somebody else has the database, the log is his.
func (l *spareLog) sweep() error {
	l.file, l.next = nil, ""
	unlock, err := lockDir(l.dir)
	if err != nil {
		return nil //nolint:nilerr // opening finds out why, and says it better
	}
	defer unlock()
	logs, err := filesIn(l.dir, logSuffix)
	if err != nil {
		return err
	}
	for _, log := range logs {
		if log.Size() > 0 {
			continue
		}
		if err := os.Remove(filepath.Join(l.dir, log.Name())); err != nil {
			return fmt.Errorf("removing an empty log: %w", err)
		}
	}
	return nil
}

// arm gives the log in use its blocks.
func (l *spareLog) arm() error {
	logs, err := filesIn(l.dir, logSuffix)
	if err != nil || len(logs) == 0 {
		return err
	}
	name := logs[len(logs)-1].Name()
	number, err := strconv.Atoi(strings.TrimSuffix(name, logSuffix))
	if err != nil {
		return fmt.Errorf("reading the number of a log: %w", err)
	}
	used, err := l.open(filepath.Join(l.dir, name), os.O_RDWR)
	if err != nil {
		return err
	}
	l.next = filepath.Join(l.dir, fmt.Sprintf("%05d%s", number+1, logSuffix))
	return used.Close()
}

// open opens a log and gives it its blocks.
func (l *spareLog) open(path string, how int) (*os.File, error) {
	f, err := os.OpenFile(path, how, 0o600)
	if err != nil {
		return nil, fmt.Errorf("opening a log: %w", err)
	}
	err = allocate(f, l.size)
	if errors.Is(err, errors.ErrUnsupported) {
		l.none, err = true, nil
	}
	if err == nil {
		return f, nil
	}
	_ = f.Close()
	if how&os.O_CREATE != 0 {
		_ = os.Remove(path)
	}
	return nil, fmt.Errorf("%w: no room for a log in %s: %w", ErrNoSpace, l.dir, err)
}

// ready sees to the logs where space is narrow: to the one in use, if Badger
// has begun it since the last time, and to the next one. It is to be called
// before each commit, which can begin one log at most. Elsewhere it spares the
// committer the wait.
func (l *spareLog) ready(narrow bool) (err error) {
	if l.none {
		return nil
	}
	if !narrow {
		l.drop()
		l.next = ""
		return nil
	}
	begun, err := l.begun()
	if err != nil {
		return err
	}
	if begun {
		l.drop()
		if err := l.arm(); err != nil {
			return err
		}
	}
	if l.file == nil && !l.none {
		l.file, err = l.open(l.next, os.O_RDWR|os.O_CREATE|os.O_EXCL)
	}
	return err
}

// begun reports whether Badger uses what was the next log.
func (l *spareLog) begun() (bool, error) {
	if l.next == "" {
		return true, nil
	}
	info, err := os.Stat(l.next)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		l.drop()
		return false, nil
	case err != nil:
		return false, fmt.Errorf("looking at the next log: %w", err)
	}
	return l.file == nil || info.Size() > 0, nil
}

// drop removes the spare log when the database is closed.
func (l *spareLog) drop() {
	if l.file == nil {
		return
	}
	if info, err := l.file.Stat(); err == nil && info.Size() == 0 {
		_ = os.Remove(l.next)
	}
	_ = l.file.Close()
	l.file = nil
}
