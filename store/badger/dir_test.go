package badger_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/linkgate/linkgate/store/badger"
)

func TestDirectoryIsClosedToOthers(t *testing.T) {
	t.Parallel()
	for name, prepare := range map[string]func(t *testing.T, path string){
		"one that does not exist is made": func(*testing.T, string) {},
		"an empty one is tightened": func(t *testing.T, path string) {
			t.Helper()
			mustMkdir(t, path, 0o755)
		},
		"one with a database is tightened": func(t *testing.T, path string) {
			t.Helper()
			if err := mustOpen(t, badger.Options{Path: path}).Close(); err != nil {
				t.Fatal(err)
			}
			if err := os.Chmod(path, 0o777); err != nil {
				t.Fatal(err)
			}
		},
		"one with other files is taken where nobody else can look in": func(t *testing.T, path string) {
			t.Helper()
			mustMkdir(t, path, 0o700)
			mustWrite(t, filepath.Join(path, "initial_admin.json"))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "a", "b")
			prepare(t, path)
			mustOpen(t, badger.Options{Path: path})
			info, err := os.Stat(path)
			if err != nil || info.Mode().Perm() != 0o700 {
				t.Fatalf("got mode %v, error %v; want 0700", info.Mode(), err)
			}
		})
	}
}

func TestDirectoryOfSomethingElseIsLeftAlone(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "home")
	mustMkdir(t, path, 0o755)
	mustWrite(t, filepath.Join(path, "letters.txt"))
	_, err := badger.Open(badger.Options{Path: path})
	if err == nil || !strings.Contains(err.Error(), "chmod 700 "+path) {
		t.Fatalf("got %v, want an error that says what to do", err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o755 {
		t.Fatalf("got mode %v, error %v; want 0755 as before", info.Mode(), err)
	}
	entries, err := os.ReadDir(path)
	if err != nil || len(entries) != 1 {
		t.Fatalf("got %d entries, error %v; want the one from before", len(entries), err)
	}
}

func TestFileIsNoDirectory(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "file")
	mustWrite(t, path)
	if _, err := badger.Open(badger.Options{Path: path}); err == nil {
		t.Fatal("a file was opened as a directory")
	}
}

func TestSecondStoreOnOneDirectoryIsRefused(t *testing.T) {
	t.Parallel()
	path := t.TempDir()
	first := mustOpen(t, badger.Options{Path: path})
	link := mustCreate(t, first, 0)

	// The same directory by another name, in this process.
	_, err := badger.Open(badger.Options{Path: filepath.Join(path, "..", filepath.Base(path))})
	if !errors.Is(err, badger.ErrLocked) || !strings.Contains(err.Error(), "this process") {
		t.Fatalf("got %v, want ErrLocked by this process", err)
	}

	child := exec.CommandContext(t.Context(), os.Args[0])
	child.Env = append(os.Environ(), childPath+"="+path, childLink+"="+link)
	out, err := child.CombinedOutput()
	if err == nil {
		t.Fatal("another process opened the directory")
	}
	for _, want := range []string{"already in use by another process", filepath.Join(path, "LOCK"), "caddy reload"} {
		if !strings.Contains(string(out), want) {
			t.Errorf("the error does not say %q: %s", want, out)
		}
	}

	if d, err := first.Use(t.Context(), attempt(link)); err != nil || !d.Admitted() {
		t.Fatalf("the first store is disturbed: reason %q, error %v", d.Reason, err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := mustOpen(t, badger.Options{Path: path}).Get(t.Context(), link); err != nil {
		t.Fatalf("after the first store was closed: %v", err)
	}
}

func TestOptionsThatCannotBe(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]badger.Options{
		"no path":           {},
		"unknown sync mode": {Path: "x", Sync: "sometimes"},
		"short key":         {Path: "x", EncryptionKey: make([]byte, 16)},
		"long key":          {Path: "x", EncryptionKey: make([]byte, 33)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := badger.Open(o); err == nil {
				t.Fatal("the store was opened")
			}
			if _, err := os.Stat("x"); !errors.Is(err, os.ErrNotExist) {
				t.Fatal("a directory was made")
			}
		})
	}
}

func mustMkdir(t *testing.T, path string, mode os.FileMode) {
	t.Helper()
	if err := os.MkdirAll(path, mode); err != nil {
		t.Fatal(err)
	}
	// The umask may have taken something away.
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
}

func mustWrite(t *testing.T, path string) {
	t.Helper()
	if err := os.WriteFile(path, []byte("text"), 0o600); err != nil {
		t.Fatal(err)
	}
}
