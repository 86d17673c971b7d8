package main

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/linkgate/linkgate/store"
	"github.com/linkgate/linkgate/store/badger"
)

func TestSizesAreSortedAndOnce(t *testing.T) {
	t.Parallel()
	got, err := parseSizes("5000,1000,5000")
	if err != nil || !slices.Equal(got, []int{1000, 5000}) {
		t.Errorf("got %v, %v", got, err)
	}
	for _, list := range []string{"999", "many", "1000,", "-5"} {
		if _, err := parseSizes(list); err == nil || !strings.Contains(err.Error(), "-scale") {
			t.Errorf("%q: got %v", list, err)
		}
	}
}

func TestAFilledStoreHasItsTokensAndCountsTheirUses(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	const size = 2500
	if err := fill(t.Context(), dir, size); err != nil {
		t.Fatal(err)
	}
	f := newScaleFigures(size)
	if err := f.measureUses(t.Context(), options{slice: 20 * time.Millisecond}, dir, badger.SyncNo); err != nil {
		t.Fatal(err)
	}
	if err := f.measurePages(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	if f.uses[badger.SyncNo].rate <= 0 || f.busy[badger.SyncNo].rate <= 0 || slices.Contains(f.pages[:], 0) || slices.Contains(f.small[:], 0) {
		t.Errorf("got %+v", f)
	}
	s, err := badger.Open(badger.Options{Path: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for list, want := range map[string]int64{"": size, "small": smallCampaign, "big": size - smallCampaign} {
		if page, err := s.List(t.Context(), store.Query{Issuer: list, Limit: 1}); err != nil || page.Total != want {
			t.Errorf("list %q has %d tokens, %v; want %d", list, page.Total, err, want)
		}
	}
}

func TestRatiosOfSizesAreToTheSmallest(t *testing.T) {
	t.Parallel()
	uses := func(n float64) map[badger.SyncMode]useFigures {
		return map[badger.SyncMode]useFigures{badger.SyncAlways: {n, 78}, badger.SyncEverySecond: {2 * n, 56}}
	}
	all := []scaleFigures{
		{size: 1000, uses: uses(200), busy: uses(400), resident: 50 << 20},
		{size: 2000, uses: uses(150), busy: uses(380), open: 1500 * time.Millisecond, pages: [3]time.Duration{0, time.Millisecond, 0}},
	}
	var text, markdown strings.Builder
	printScale(&text, all, false)
	printScale(&markdown, all, true)
	for _, want := range []string{"200 (1.00)", "150 (0.75)", "300 (0.75)", "380 (0.95)", "78", "50 MiB", "1.50 s", "0.00, 1.00, 0.00 ms"} {
		if !strings.Contains(text.String(), want) || !strings.Contains(markdown.String(), want) {
			t.Errorf("%q is not in\n%s%s", want, &text, &markdown)
		}
	}
	if n := strings.Count(markdown.String(), "\n| "); n != 3 || strings.Contains(text.String(), "|") {
		t.Errorf("got\n%s%s", &text, &markdown)
	}
}

func TestAFieldIsFoundByItsName(t *testing.T) {
	t.Parallel()
	const text = "VmRSS:\t  12 kB\nwrite_bytes: 7\ncancelled_write_bytes: 3\n"
	for name, want := range map[string]int64{"VmRSS": 12, "write_bytes": 7, "absent": 0} {
		if got := field(text, name); got != want {
			t.Errorf("%s is %d, want %d", name, got, want)
		}
	}
}
