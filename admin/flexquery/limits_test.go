package flexquery_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/linkgate/linkgate/admin/flexquery"
	"github.com/linkgate/linkgate/store/strictjson"
)

// A mill makes its records when they are asked for, and counts them.
type mill struct {
	size int
	make func(i int) []strictjson.Member

	// each, if set, runs before a record is handed out.
	each func(i int) error

	scanned, again int
}

func (m *mill) Records(context.Context) iter.Seq2[flexquery.Record, error] {
	return func(yield func(flexquery.Record, error) bool) {
		for i := range m.size {
			m.scanned++
			if m.each != nil {
				if err := m.each(i); err != nil {
					yield(flexquery.Record{}, err)
					return
				}
			}
			if !yield(m.record(i), nil) {
				return
			}
		}
	}
}

func (m *mill) Record(_ context.Context, id string) (flexquery.Record, error) {
	m.again++
	i, err := strconv.Atoi(id[1:])
	return m.record(i), err
}

func (m *mill) record(i int) flexquery.Record {
	return flexquery.Record{ID: fmt.Sprintf("#%031d", i), Fields: m.make(i)}
}

// numbered is a record with its number and a good kilobyte of its own.
func numbered(i int) []strictjson.Member {
	member := func(name, value string) strictjson.Member {
		return strictjson.Member{Name: name, Value: json.RawMessage(value)}
	}
	return []strictjson.Member{
		member("n", strconv.Itoa(i)),
		member("half", strconv.Itoa(i/2)),
		member("title", `"title `+strconv.Itoa(i%1000)+`"`),
		member("pad", `"`+strings.Repeat("x", 1000)+`"`),
	}
}

const megabyte = 1 << 20

// TestMemory runs alone: what other tests hold would count too.
func TestMemory(t *testing.T) { //nolint:paralleltest // see above
	const size = 100_000 // over a hundred megabytes, if they were loaded
	for name, c := range map[string]struct {
		options string
		bound   uint64
	}{
		"a list is not held":                {"", 4 * megabyte},
		"the last of many holds one":        {where("title", "ends_with", "7") + "&[return]=last", 4 * megabyte},
		"a page of the sorted holds little": {"[sort_by][key]=title&[sort_by][direction]=desc&[offset]=50&[limit]=10", 4 * megabyte},
		"the sorted hold names and keys":    {"[sort_by][key]=half&[only][]=n", 40 * megabyte},
		"groups hold names":                 {"[group_by]=title&[only][]=n", 40 * megabyte},
	} {
		t.Run(name, func(t *testing.T) {
			q, err := parse(t, c.options+"&[except][]=none")
			if err != nil {
				t.Fatal(err)
			}
			before := heap()
			most := before
			m := &mill{size: size, make: numbered, each: func(i int) error {
				if i%(size/4) == size/4-1 {
					most = max(most, heap())
				}
				return nil
			}}
			var written counter
			if err := q.Run(t.Context(), m, &written, flexquery.Limits{}); err != nil {
				t.Fatal(err)
			}
			if most-before > c.bound {
				t.Errorf("%d KiB were held", (most-before)>>10)
			}
			if m.scanned < size || m.scanned > 5*size || m.again > 10 || written == 0 {
				t.Errorf("%d records were read and %d bytes written", m.scanned, written)
			}
		})
	}
}

// heap is how much is in use.
func heap() uint64 {
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.HeapAlloc
}

// A counter counts what is written to it.
type counter int

func (c *counter) Write(p []byte) (int, error) {
	*c += counter(len(p))
	return len(p), nil
}

func TestReadingEndsWithTheWindow(t *testing.T) {
	t.Parallel()
	for options, want := range map[string]int{
		"[limit]=3":                              3,
		"[offset]=5&[limit]=3":                   8,
		"[return]=first":                         1,
		"[limit]=0":                              0,
		"[limit]=0&[return]=last":                0,
		"[limit]=0&[sort_by][key]=n":             0,
		where("half", "gte", "4") + "&[limit]=1": 9,
	} {
		m := &mill{size: 100, make: numbered}
		if _, err := ask(t, m, options); err != nil && !errors.Is(err, flexquery.ErrNothing) {
			t.Errorf("%s: %v", options, err)
		}
		if m.scanned != want || m.again != 0 {
			t.Errorf("%s: %d records were read and %d again, want %d", options, m.scanned, m.again, want)
		}
	}
}

func TestMemoryIsCut(t *testing.T) {
	t.Parallel()
	for _, options := range []string{"[sort_by][key]=n", "[group_by]=n", "[group_by]=none", "[sort_by][key]=pad&[limit]=5"} {
		q, err := parse(t, options)
		if err != nil {
			t.Fatal(err)
		}
		m := &mill{size: 100_000, make: numbered}
		got, err := run(t, q, m, flexquery.Limits{Memory: 10_000})
		if _, ok := errors.AsType[*flexquery.CutError](err); !ok || !strings.Contains(err.Error(), "10000 bytes of memory") {
			t.Errorf("%s: got %v", options, err)
		}
		if got != "" || m.scanned > 500 {
			t.Errorf("%s: %d bytes were written, and %d records read", options, len(got), m.scanned)
		}
	}
}

func TestAPageNeedsNoMemoryForTheWhole(t *testing.T) {
	t.Parallel()
	m := &mill{size: 20_000, make: numbered}
	q, err := parse(t, "[sort_by][key]=n&[sort_by][direction]=desc&[limit]=2&[only][]=n")
	if err != nil {
		t.Fatal(err)
	}
	if got, err := run(t, q, m, flexquery.Limits{Memory: 500_000}); err != nil || got != `[{"n":19999},{"n":19998}]` {
		t.Errorf("got %s, %v", got, err)
	}
}

func TestWorkIsCut(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		options string
		written bool
	}{{"[only][]=n", false}, {"[except][]=n", true}, {"[sort_by][key]=n", false}} {
		synctest.Test(t, func(t *testing.T) {
			q, err := parse(t, c.options)
			if err != nil {
				t.Fatal(err)
			}
			m := &mill{size: 1000, make: numbered, each: func(int) error { time.Sleep(time.Second); return nil }}
			var written counter
			err = q.Run(t.Context(), m, &written, flexquery.Limits{Work: time.Minute})
			if _, ok := errors.AsType[*flexquery.CutError](err); !ok || !strings.Contains(err.Error(), "more than 1m0s") {
				t.Errorf("got %v", err)
			}
			if m.scanned != 61 || (written > 0) != c.written {
				t.Errorf("%s: %d records were read, %d bytes written", c.options, m.scanned, written)
			}
		})
	}
}

func TestASlowReaderIsNotCut(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		q, err := parse(t, "[limit]=500")
		if err != nil {
			t.Fatal(err)
		}
		m := &mill{size: 1000, make: numbered}
		if err := q.Run(t.Context(), m, slow{}, flexquery.Limits{Work: time.Minute}); err != nil || m.scanned != 500 {
			t.Errorf("%d records were read: %v", m.scanned, err)
		}
	})
}

// slow is a writer that takes an hour for everything.
type slow struct{ io.Writer }

func (slow) Write(p []byte) (int, error) {
	time.Sleep(time.Hour)
	return len(p), nil
}
