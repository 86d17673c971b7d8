package badger

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/linkgate/linkgate/store"
)

// blocks returns how many bytes of a file are on the disk.
func blocks(t *testing.T, path string) int64 {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info.Sys().(*syscall.Stat_t).Blocks * 512
}

// logsOf returns the logs in use and the spare one.
func logsOf(t *testing.T, s *Store) (used []string, spare string) {
	t.Helper()
	logs, err := filesIn(s.db.options.Dir, logSuffix)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range logs {
		path := filepath.Join(s.db.options.Dir, l.Name())
		if l.Size() == 0 {
			spare = path
		} else {
			used = append(used, path)
		}
	}
	return used, spare
}

// openNarrow opens a store on a disk with room that could be taken quickly.
func openNarrow(t *testing.T) *Store {
	t.Helper()
	s := open(t, Options{Path: t.TempDir(), Sync: SyncNo, stat: func(string) (volume, error) {
		return volume{total: 100 << 30, free: narrowBelow - 1}, nil
	}})
	if err := s.Health(t.Context()); err != nil { // writes
		t.Fatal(err)
	}
	return s
}

func TestADiskWithMuchRoomNeedsNoSpareLog(t *testing.T) {
	t.Parallel()
	s := open(t, Options{Path: t.TempDir(), stat: func(string) (volume, error) {
		return volume{total: 100 << 30, free: narrowBelow}, nil
	}})
	kept(t, s, 2)
	used, spare := logsOf(t, s)
	if len(used) != 1 || spare != "" || blocks(t, used[0]) >= memTableSize {
		t.Errorf("logs %v, spare log %q; want one log, without its blocks", used, spare)
	}
}

func TestLogsHaveTheirBlocksBeforeTheyAreWritten(t *testing.T) {
	t.Parallel()
	s := openNarrow(t)
	if s.db.logs.none {
		t.Fatal("the file system of this test cannot give blocks in advance")
	}
	used, spare := logsOf(t, s)
	if len(used) != 1 || spare == "" {
		t.Fatalf("logs %v, spare log %q; want one each", used, spare)
	}
	first := spare
	for _, path := range []string{used[0], spare} {
		if n := blocks(t, path); n < memTableSize {
			t.Errorf("%s has %d bytes on the disk", filepath.Base(path), n)
		}
	}
	// enough for the next log to be begun
	token := store.Token{Link: store.NewLink(), RID: "rid", State: store.Enabled, Data: json.RawMessage(fmt.Sprintf(`{"text":"%0200000d"}`, 1))}
	for range 150 {
		token.Link = store.NewLink()
		if err := s.Create(t.Context(), store.Record{Token: token}); err != nil {
			t.Fatal(err)
		}
	}
	used, spare = logsOf(t, s)
	if spare == "" || spare == first || len(used) == 0 {
		t.Fatalf("after %s was begun there are %v, spare log %q", first, used, spare)
	}
	for _, path := range append(used, spare) {
		if n := blocks(t, path); n < memTableSize {
			t.Errorf("%s has %d bytes on the disk", filepath.Base(path), n)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if used, spare = logsOf(t, s); len(used) > 0 || spare != "" {
		t.Errorf("closing leaves %v %q", used, spare)
	}
}

func TestASpareLogThatACrashHasLeftIsSwept(t *testing.T) {
	t.Parallel()
	s := openNarrow(t)
	link := kept(t, s, 1)[0]
	elsewhere := t.TempDir()
	if err := os.CopyFS(elsewhere, os.DirFS(s.db.options.Dir)); err != nil {
		t.Fatal(err)
	}
	if n := counterOf(t, open(t, Options{Path: elsewhere}), link); n != 0 {
		t.Errorf("the counter is %d", n)
	}
}

func TestTheSpareLogOfAnotherProcessIsLeftAlone(t *testing.T) {
	t.Parallel()
	s := openNarrow(t)
	_, before := logsOf(t, s)
	if _, err := Open(Options{Path: s.db.options.Dir}); !errors.Is(err, ErrLocked) {
		t.Fatalf("Open: %v, want ErrLocked", err)
	}
	if _, after := logsOf(t, s); after != before || after == "" {
		t.Errorf("the spare log was %q and is %q", before, after)
	}
}

// A table that becomes shorter, as on a disk that fails, must not end the
// process when it is read.
func TestATableThatCannotBeReadIsAnError(t *testing.T) {
	t.Parallel()
	s := open(t, Options{Path: t.TempDir()})
	link := kept(t, s, 1)[0]
	s = again(t, s)
	tables, err := filesIn(s.db.options.Dir, ".sst")
	if err != nil || len(tables) == 0 {
		t.Fatalf("there are no tables: %v", err)
	}
	for _, table := range tables {
		path := filepath.Join(s.db.options.Dir, table.Name())
		if err := os.Truncate(path, 0); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = os.Truncate(path, table.Size()) }) // for closing
	}
	wantUnavailable(t, second(s.Use(t.Context(), store.Attempt{Link: link})))
}
