package badger

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"

	engine "github.com/dgraph-io/badger/v4"
)

// dirMode lets nobody in but the owner: whoever can read the directory has
// every link in it.
const dirMode = 0o700

// prepareDir makes the directory with mode 0700. One that exists and lets
// others in is tightened, if it is empty or holds a database: tightening a
// directory that is used for something else too could break that.
func prepareDir(path string) error {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return makeDir(path)
	}
	if err != nil {
		return fmt.Errorf("looking at the directory: %w", err)
	}
	if !info.IsDir() {
		return fmt.Errorf("%s is not a directory", path)
	}
	// Windows has no such modes.
	if runtime.GOOS == "windows" || info.Mode().Perm()&^dirMode == 0 {
		return nil
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		return fmt.Errorf("looking at the directory: %w", err)
	}
	_, err = os.Stat(filepath.Join(path, engine.ManifestFilename))
	if len(entries) > 0 && err != nil {
		return fmt.Errorf("%s has mode %04o and holds something else than a database; "+
			"name another directory, or run: chmod 700 %s", path, info.Mode().Perm(), path)
	}
	if err := os.Chmod(path, dirMode); err != nil {
		return fmt.Errorf("closing the directory to others: %w", err)
	}
	return nil
}

// makeDir makes the directory and syncs its parent: what is durable inside is
// of no use if the directory is gone after a power cut.
func makeDir(path string) error {
	if err := os.MkdirAll(path, dirMode); err != nil {
		return fmt.Errorf("making the directory: %w", err)
	}
	parent, err := os.Open(filepath.Dir(filepath.Clean(path)))
	if err != nil {
		return fmt.Errorf("syncing the parent directory: %w", err)
	}
	defer parent.Close()
	if err := parent.Sync(); err != nil && runtime.GOOS != "windows" {
		return fmt.Errorf("syncing the parent directory: %w", err)
	}
	return nil
}

// locked says who has the directory and what to do about it.
func locked(dir string) error {
	lock := filepath.Join(dir, "LOCK")
	who := "another process"
	if text, err := os.ReadFile(lock); err == nil {
		pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
		switch {
		case err == nil && pid == os.Getpid():
			who = "this process"
		case err == nil:
			who = fmt.Sprintf("another process (%d)", pid)
		}
	}
	return fmt.Errorf("%w by %s, which holds the lock %s: to change a running Caddy use caddy reload, "+
		"or stop it before starting another one", ErrLocked, who, lock)
}
