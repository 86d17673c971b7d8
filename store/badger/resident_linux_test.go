package badger

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/linkgate/linkgate/store"
)

// TestOpeningDoesNotMapTheDatabaseIntoMemory looks at what the process has in
// memory of a database of some megabytes that was just opened.
func TestOpeningDoesNotMapTheDatabaseIntoMemory(t *testing.T) {
	t.Parallel()
	o := Options{Path: t.TempDir(), Sync: SyncNo}
	s := open(t, o)
	data := fmt.Appendf(nil, `{"text":%q}`, bytes.Repeat([]byte("x"), 4<<10))
	for range 20 {
		records := make([]store.Record, 100)
		for n := range records {
			records[n].Token = store.Token{Link: store.NewLink(), State: store.Enabled, Created: time.Now(), Data: data}
		}
		if err := s.Create(t.Context(), records...); err != nil {
			t.Fatal(err)
		}
	}
	// Badger may be merging tables just then, and reads them for that: not each
	// time.
	var size, resident int
	for range 20 {
		s = again(t, s)
		if size, resident = onDisk(t, o.Path), mapped(t, o.Path); size < 4<<20 {
			t.Fatalf("the tables have %d bytes only", size)
		}
		if resident <= size/2 {
			return
		}
	}
	t.Errorf("%d of %d bytes of the tables are in memory", resident, size)
}

// onDisk is how many bytes the tables in dir have. How much of them is mapped
// would not do: a table that was just made is mapped with room to grow.
func onDisk(t *testing.T, dir string) (size int) {
	t.Helper()
	tables, err := filesIn(dir, ".sst")
	if err != nil {
		t.Fatal(err)
	}
	for _, table := range tables {
		size += int(table.Size())
	}
	return size
}

// mapped is how many bytes of the tables in dir this process has in memory
// because they are mapped.
func mapped(t *testing.T, dir string) (resident int) {
	t.Helper()
	text, err := os.ReadFile("/proc/self/smaps")
	if err != nil {
		t.Fatal(err)
	}
	ours := false
	for line := range strings.Lines(string(text)) {
		var kib int
		switch {
		case strings.Contains(line, " /"):
			ours = strings.Contains(line, dir+"/") && strings.Contains(line, ".sst")
		case !ours:
		case scan(line, "Rss: %d kB", &kib):
			resident += kib << 10
		}
	}
	return resident
}

func scan(line, form string, into *int) bool {
	n, _ := fmt.Sscanf(line, form, into)
	return n == 1
}
