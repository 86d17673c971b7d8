package main

import (
	"bufio"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/linkgate/linkgate/store"
	"github.com/linkgate/linkgate/store/badger"
)

func TestMintingInBulkWantsALinkForEachRow(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answer func(row int) string
		want   string
	}{
		"a link for each":  {func(int) string { return `{"link":"x"}` + "\n" }, ""},
		"a refusal":        {func(row int) string { return fmt.Sprintf(`{"row":%d,"status":503}`+"\n", row) }, `"status":503`},
		"a line too few":   {func(row int) string { return strings.Repeat(`{"link":"x"}`+"\n", min(1, row-1)) }, "49 lines for 50 rows"},
		"a line too many":  {func(row int) string { return strings.Repeat(`{"link":"x"}`+"\n", 1+row/50) }, "51 lines for 50 rows"},
		"nothing in order": {func(int) string { return "" }, "0 lines for 50 rows"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := openTestAPI(t, func(w http.ResponseWriter, r *http.Request) {
				row := 0
				var out strings.Builder
				for lines := bufio.NewScanner(r.Body); lines.Scan(); {
					row++
					out.WriteString(c.answer(row))
				}
				fmt.Fprint(w, out.String())
			})
			err := a.mintBulk(t.Context(), 50)
			if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestTheYardstickWritesWhatTheStoreHasKept(t *testing.T) {
	t.Parallel()
	from, to := t.TempDir(), t.TempDir()
	s, err := badger.Open(badger.Options{Path: from, Sync: badger.SyncNo})
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now().UTC().Truncate(time.Microsecond)
	for i := range 10 {
		token := store.Token{Link: store.NewLink(), Issuer: bulkCampaign, State: store.Enabled, Created: now.Add(time.Duration(i) * time.Second), Modified: now}
		if err := s.Create(t.Context(), store.Record{Token: token}); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	pairs, err := bulkPairs(from, 7)
	if err != nil || len(pairs) != 7*pairsOfToken {
		t.Fatalf("%d pairs, %v", len(pairs), err)
	}
	size := 0
	for _, p := range pairs {
		size += len(p.value)
	}
	if size < 7*100 {
		t.Errorf("the values have %d bytes: the records are not among them", size)
	}
	rate, err := writeBatchRate(from, filepath.Join(to, "yardstick"), options{bulk: 7, sync: "no"})
	if err != nil || rate <= 0 {
		t.Errorf("rate %v, %v", rate, err)
	}
}

func TestMemoryIsWatched(t *testing.T) {
	t.Parallel()
	if _, err := os.Stat("/proc/self/status"); err != nil {
		if base, peak := watchMemory(os.Getpid())(); base != 0 || peak != 0 {
			t.Errorf("%d and %d bytes without /proc", base, peak)
		}
		return
	}
	base, peak := watchMemory(os.Getpid())()
	if base <= 0 || peak < base {
		t.Errorf("the peak is %d over a base of %d bytes", peak, base)
	}
}
