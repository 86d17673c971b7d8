package badger_test

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/linkgate/linkgate/store"
	"github.com/linkgate/linkgate/store/badger"
	"github.com/linkgate/linkgate/store/storetest"
)

// The child of a test that kills while Badger writes its tables is this test
// binary with these variables set: where the store is, and a file with links.
const (
	churnPath  = "LINKGATE_TEST_CHURN_PATH"
	churnLinks = "LINKGATE_TEST_CHURN_LINKS"
)

// churners is how many goroutines of the child use tokens, at random.
const churners = 4

// churningChild reports whether this process is such a child, after it has
// been that. It reports the number of each token that it used, in four bytes.
func churningChild() bool {
	path := os.Getenv(churnPath)
	if path == "" {
		return false
	}
	text, err := os.ReadFile(os.Getenv(churnLinks))
	if err != nil {
		panic(err)
	}
	s, err := badger.Open(badger.Options{Path: path})
	if err != nil {
		panic(err)
	}
	links := strings.Fields(string(text))
	for range churners {
		go func() {
			for n := range endless(rand.Perm(len(links))) {
				if d, err := s.Use(context.Background(), attempt(links[n])); err == nil && d.Admitted() {
					_, _ = os.Stdout.Write(binary.BigEndian.AppendUint32(nil, uint32(n)))
				}
			}
		}()
	}
	fatten(s, links[0])
	return true
}

// endless goes round the numbers, for as long as any test takes.
func endless(numbers []int) func(yield func(int) bool) {
	return func(yield func(int) bool) {
		for range 1000 {
			for _, n := range numbers {
				if !yield(n) {
					return
				}
			}
		}
	}
}

// fatten makes a record large, again and again, so that tables get full.
func fatten(s store.Store, link string) {
	fat := json.RawMessage(`{"fat":"` + strings.Repeat("fat ", 25_000) + `"}`)
	for range 100_000 {
		_, _ = s.Update(context.Background(), link, func(t *store.Token) error {
			t.Data = fat
			return nil
		})
	}
}

// The scenario F-03: a kill while a table is being written, or tables are being
// put together, loses no token and no use, and damages no table.
func TestKillWhileTablesAreWrittenLosesNothing(t *testing.T) {
	t.Parallel()
	const tokens, limit, kills = 5000, 3, 4
	o := badger.Options{Path: storetest.MemoryDir(t)}
	s := mustOpen(t, o)
	links := createMany(t, s, tokens, limit)
	file := filepath.Join(t.TempDir(), "links")
	if err := os.WriteFile(file, []byte(strings.Join(links, "\n")), 0o600); err != nil {
		t.Fatal(err)
	}
	used := make([]int64, tokens)
	for n := range kills {
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		churn(t, o.Path, file, used)
		s = mustOpen(t, o)
		wantUsed(t, s, links, used, limit, int64(n+1)*churners)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := badger.VerifyChecksum(o); err != nil {
		t.Errorf("a table is damaged: %v", err)
	}
}

// createMany makes tokens, many at a time.
func createMany(t *testing.T, s store.Store, n int, limit int64) []string {
	t.Helper()
	links := make([]string, n)
	var makers sync.WaitGroup
	const side = 50
	for first := range side {
		makers.Go(func() {
			for i := first; i < n; i += side {
				token := newToken(limit)
				if err := s.Create(t.Context(), store.Record{Token: token}); err != nil {
					t.Errorf("Create: %v", err)
				}
				links[i] = token.Link
			}
		})
	}
	makers.Wait()
	return links
}

// churn runs a child, kills it some moments after a table has appeared, and
// adds to used what it reported.
func churn(t *testing.T, path, links string, used []int64) {
	t.Helper()
	before := tables(path)
	child := exec.CommandContext(t.Context(), os.Args[0])
	child.Env = append(os.Environ(), churnPath+"="+path, churnLinks+"="+links)
	child.Stderr = os.Stderr
	reports, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	var killer sync.WaitGroup
	killer.Go(func() {
		if !appears(path, before) {
			t.Error("no table is written")
		}
		time.Sleep(time.Duration(rand.IntN(5000)) * time.Microsecond)
		_ = child.Process.Kill()
	})
	report := make([]byte, 4)
	for {
		if _, err := io.ReadFull(reports, report); err != nil {
			break
		}
		used[binary.BigEndian.Uint32(report)]++
	}
	killer.Wait()
	if err := child.Wait(); err == nil {
		t.Fatal("the child ended before it was killed")
	}
}

func tables(path string) map[string]bool {
	files, _ := filepath.Glob(filepath.Join(path, "*.sst"))
	names := map[string]bool{}
	for _, file := range files {
		names[file] = true
	}
	return names
}

// appears waits for a table that was not there before.
func appears(path string, before map[string]bool) bool {
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		for name := range tables(path) {
			if !before[name] {
				return true
			}
		}
	}
	return false
}

// wantUsed expects every token with the uses that were reported, and no more
// than so many in all that were not.
func wantUsed(t *testing.T, s store.Store, links []string, used []int64, limit, unreported int64) {
	t.Helper()
	var ahead, sum int64
	for n, link := range links {
		r, err := s.Get(t.Context(), link)
		if err != nil {
			t.Fatalf("token %d after the kill: %v", n, err)
		}
		if r.Counter < used[n] || r.Counter > limit {
			t.Errorf("token %d has the count %d after %d of %d uses", n, r.Counter, used[n], limit)
		}
		sum += r.Counter
		ahead += r.Counter - used[n]
	}
	t.Logf("%d of %d uses are left", limit*int64(len(links))-sum, limit*int64(len(links)))
	if ahead > unreported {
		t.Errorf("%d uses were charged and not reported, with %d under way", ahead, unreported)
	}
	if page, err := s.List(t.Context(), store.Query{}); err != nil || page.Total != int64(len(links)) {
		t.Errorf("the list has %d tokens, want %d: %v", page.Total, len(links), err)
	}
}
