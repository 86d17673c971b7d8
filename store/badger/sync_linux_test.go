package badger_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/linkgate/linkgate/store"
	"github.com/linkgate/linkgate/store/badger"
)

// The witness of these tests is the kernel: /proc/self/smaps says how much of
// the mapped write-ahead log it has not yet written to the disk. A kill cannot
// show a missing sync, because the kernel keeps what a dead process wrote.

func TestUseIsOnDiskWhenItReturns(t *testing.T) {
	t.Parallel()
	parent := diskDir(t)
	for _, mode := range []badger.SyncMode{"", badger.SyncAlways, badger.SyncEverySecond} {
		t.Run("sync "+string(mode), func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(parent, "sync-"+string(mode))
			s := mustOpen(t, badger.Options{Path: path, Sync: mode})
			for n := range 50 {
				// A token of its own: nobody renews a reservation meanwhile.
				if d, err := s.Use(t.Context(), attempt(mustCreate(t, s, 100))); err != nil || !d.Admitted() {
					t.Fatalf("Use: reason %q, error %v", d.Reason, err)
				}
				if kb := unwritten(t, path); kb != 0 {
					t.Fatalf("use %d has returned and %d kB of the log are not on disk", n+1, kb)
				}
			}
		})
	}
}

// A commit goes into the log in use, and which one that is changes while the
// store runs.
func TestUseIsOnDiskWhenTheLogHasChanged(t *testing.T) {
	t.Parallel()
	path := filepath.Join(diskDir(t), "rotated")
	s := mustOpen(t, badger.Options{Path: path})
	first := newestLog(t, path)
	link := mustCreate(t, s, 1<<20)
	filler := json.RawMessage(`{"filler":"` + strings.Repeat("x", 16<<10) + `"}`)
	for n := 0; newestLog(t, path) == first; n++ {
		if n == 200 {
			t.Fatal("200 batches have not filled a log")
		}
		batch := make([]store.Record, 16)
		for i := range batch {
			batch[i].Token = store.Token{Link: store.NewLink(), State: store.Enabled, Data: filler}
		}
		if err := s.Create(t.Context(), batch...); err != nil {
			t.Fatal(err)
		}
		if kb := unwritten(t, path); kb != 0 {
			t.Fatalf("batch %d was created and %d kB of the logs are not on disk", n+1, kb)
		}
	}
	for range 10 {
		if d, err := s.Use(t.Context(), attempt(link)); err != nil || !d.Admitted() {
			t.Fatalf("Use: reason %q, error %v", d.Reason, err)
		}
		if kb := unwritten(t, path); kb != 0 {
			t.Fatalf("a use has returned and %d kB of the logs are not on disk", kb)
		}
	}
}

func newestLog(t *testing.T, path string) string {
	t.Helper()
	logs, err := filepath.Glob(filepath.Join(path, "*.mem"))
	if err != nil || len(logs) == 0 {
		t.Fatalf("no log in %s: %v", path, err)
	}
	return slices.Max(logs)
}

// diskDir returns a directory in which the witness sees what is not synced. A
// file system in memory, as /tmp can be, writes nothing to a disk, ever.
func diskDir(t *testing.T) string {
	t.Helper()
	here, err := os.MkdirTemp(".", "testdata-sync-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(here) })
	if here, err = filepath.Abs(here); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{t.TempDir(), here} {
		if seesUnsynced(t, dir) && seesSynced(t, dir) {
			return dir
		}
	}
	t.Fatal("neither the directory for temporary files nor this one is on a disk")
	return ""
}

// seesUnsynced is the control: with sync no, a use is not on disk at once.
func seesUnsynced(t *testing.T, dir string) bool {
	t.Helper()
	path := filepath.Join(dir, "unsynced")
	s := mustOpen(t, badger.Options{Path: path, Sync: badger.SyncNo})
	link := mustCreate(t, s, 100)
	for range 20 {
		if _, err := s.Use(t.Context(), attempt(link)); err != nil {
			t.Fatal(err)
		}
		if unwritten(t, path) > 0 {
			return true
		}
	}
	return false
}

// seesSynced is the other control: a plain file that was synced is clean.
func seesSynced(t *testing.T, dir string) bool {
	t.Helper()
	file, clean := mapped(t, filepath.Join(dir, "control.mem"))
	file[0] = 1
	return unwritten(t, dir) > 0 && clean() && unwritten(t, dir) == 0
}

// unwritten returns how many kilobytes of the write-ahead logs directly in dir
// are mapped, changed and not written.
func unwritten(t *testing.T, dir string) int {
	t.Helper()
	f, err := os.Open("/proc/self/smaps")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	dir, err = filepath.EvalSymlinks(dir)
	if err != nil {
		t.Fatal(err)
	}
	kb, inside, seen := 0, false, false
	for lines := bufio.NewScanner(f); lines.Scan(); {
		fields := strings.Fields(lines.Text())
		if !strings.HasSuffix(fields[0], ":") {
			name := fields[len(fields)-1]
			inside = filepath.Dir(name) == dir && filepath.Ext(name) == ".mem"
			seen = seen || inside
		}
		if inside && (fields[0] == "Shared_Dirty:" || fields[0] == "Private_Dirty:") {
			n, err := strconv.Atoi(fields[1])
			if err != nil {
				t.Fatal(fmt.Errorf("reading smaps: %w", err))
			}
			kb += n
		}
	}
	if !seen {
		t.Fatal("no write-ahead log is mapped")
	}
	return kb
}
