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
// memory of a database of some megabytes that was just opened. The system maps
// more than was asked for, and of small tables all: it is the large ones that
// tell.
func TestOpeningDoesNotMapTheDatabaseIntoMemory(t *testing.T) {
	t.Parallel()
	o := Options{Path: t.TempDir(), Sync: SyncNo}
	s := open(t, o)
	data := fmt.Appendf(nil, `{"text":%q}`, bytes.Repeat([]byte("x"), 4<<10))
	for range 50 {
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
	var least float64
	for range 20 {
		s = again(t, s)
		if least = leastMapped(t, o.Path); least < 0.8 {
			return
		}
	}
	t.Errorf("of every large table at least %.0f %% are in memory", least*100)
}

// leastMapped is the smallest part that this process has in memory, because it
// is mapped, of any large table in dir.
func leastMapped(t *testing.T, dir string) float64 {
	t.Helper()
	tables, err := filesIn(dir, ".sst")
	if err != nil {
		t.Fatal(err)
	}
	resident, least, large := mapped(t, dir), 1.0, 0
	for _, table := range tables {
		if table.Size() >= tableSize/2 {
			large++
			least = min(least, float64(resident[table.Name()])/float64(table.Size()))
		}
	}
	if large == 0 {
		t.Fatal("there is no large table")
	}
	return least
}

// mapped is how many bytes of each table in dir this process has in memory
// because it is mapped, by file name.
func mapped(t *testing.T, dir string) map[string]int {
	t.Helper()
	text, err := os.ReadFile("/proc/self/smaps")
	if err != nil {
		t.Fatal(err)
	}
	resident, table := map[string]int{}, ""
	for line := range strings.Lines(string(text)) {
		var kib int
		switch {
		case strings.Contains(line, " /"):
			_, table, _ = strings.Cut(strings.TrimSpace(line), dir+"/")
		case table != "" && scan(line, "Rss: %d kB", &kib):
			resident[table] += kib << 10
		}
	}
	return resident
}

func scan(line, form string, into *int) bool {
	n, _ := fmt.Sscanf(line, form, into)
	return n == 1
}
