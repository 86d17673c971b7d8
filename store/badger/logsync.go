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

// A logSync makes commits durable in the place of Badger, which calls msync on
// two files for each commit: on its write-ahead log and on a value log that is
// never written. msync writes the times of the file as well, through the
// journal of the file system. What a commit needs is the data of one file, and
// fdatasync gives that at a fraction of the writing.
//
// It relies on this of Badger: a commit lies in one log, which is begun before
// any of it is written. The logs before that one are durable up to their end,
// because the commits in them were.
type logSync struct {
	dir    string
	number int
	file   *os.File // the log in use; nil where it has to be looked for
}

// sync makes the last commit durable. It is the committer's.
func (l *logSync) sync() error {
	if err := l.follow(); err != nil {
		return err
	}
	if err := syncData(l.file); err != nil {
		return fmt.Errorf("syncing a log: %w", err)
	}
	return nil
}

// follow finds the log that Badger writes to now.
func (l *logSync) follow() error {
	if l.file == nil {
		return l.find()
	}
	for {
		info, err := os.Stat(l.path(l.number + 1))
		switch {
		case errors.Is(err, fs.ErrNotExist), err == nil && info.Size() == 0:
			// what is empty is a spare one, which Badger has not begun
			return nil
		case err != nil:
			return fmt.Errorf("looking for the next log: %w", err)
		}
		if err := l.take(l.number + 1); err != nil {
			return err
		}
	}
}

// find takes the newest log there is.
func (l *logSync) find() error {
	logs, err := filesIn(l.dir, logSuffix)
	if err != nil {
		return err
	}
	for i := len(logs) - 1; i >= 0; i-- {
		number, err := strconv.Atoi(strings.TrimSuffix(logs[i].Name(), logSuffix))
		if err == nil && logs[i].Size() > 0 {
			return l.take(number)
		}
	}
	return errors.New("there is no log to sync")
}

// take makes a log the one in use: all of it, and its name.
func (l *logSync) take(number int) error {
	f, err := os.Open(l.path(number))
	if err != nil {
		return fmt.Errorf("opening a log to sync it: %w", err)
	}
	if err := errors.Join(f.Sync(), syncDir(l.dir)); err != nil {
		_ = f.Close()
		return fmt.Errorf("syncing a new log: %w", err)
	}
	l.drop()
	l.file, l.number = f, number
	return nil
}

func (l *logSync) path(number int) string {
	return filepath.Join(l.dir, fmt.Sprintf("%05d%s", number, logSuffix))
}

// drop lets go of the log when the database is closed.
func (l *logSync) drop() {
	if l.file != nil {
		_ = l.file.Close()
		l.file = nil
	}
}
