package storetest

import (
	"os"
	"path/filepath"
	"testing"
)

// memory is where Linux has a file system that is in memory, and enough is how
// much of it has to be free.
const (
	memory = "/dev/shm"
	enough = 2 << 30
)

// MemoryDir returns a directory for the length of a test, in memory where there
// is enough of it. What survives the end of a process does so there as on a
// disk, and no disk that hangs for some seconds under the tests beside this one
// makes a store refuse uses, as it has to.
func MemoryDir(t testing.TB) string {
	t.Helper()
	if free(memory) < enough {
		return t.TempDir()
	}
	dir, err := os.MkdirTemp(memory, "linkgate-test-")
	if err != nil {
		return t.TempDir()
	}
	if err := os.Mkdir(filepath.Join(dir, "home"), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Errorf("removing %s: %v", dir, err)
		}
	})
	// not dir itself: a store's mark lies beside its directory
	return filepath.Join(dir, "home")
}
