package flexquery_test

import (
	"context"
	"errors"
	"io"
	"testing"

	"github.com/linkgate/linkgate/admin/flexquery"
)

var errStore = errors.New("the store is away")

func TestFailures(t *testing.T) {
	t.Parallel()
	for _, options := range []string{"[limit]=50", "[sort_by][key]=n", "[group_by]=n", "[return]=last", "[return]=first&[offset]=15"} {
		q, err := parse(t, options)
		if err != nil {
			t.Fatal(err)
		}
		failing := &mill{size: 100, make: numbered, each: func(i int) error {
			if i == 10 {
				return errStore
			}
			return nil
		}}
		if got, err := run(t, q, failing, flexquery.Limits{}); !errors.Is(err, errStore) || got != "" || failing.scanned != 11 {
			t.Errorf("%s: a store that fails: %q, %v after %d records", options, got, err, failing.scanned)
		}
		ctx, cancel := context.WithCancelCause(t.Context())
		ending := &mill{size: 100, make: numbered, each: func(i int) error {
			if i == 10 {
				cancel(errStore)
			}
			return nil
		}}
		var written counter
		if err := q.Run(ctx, ending, &written, flexquery.Limits{}); !errors.Is(err, errStore) || written > 0 || ending.scanned != 11 {
			t.Errorf("%s: a context that ends: %v, %d bytes after %d records", options, err, written, ending.scanned)
		}
		cancel(nil)
		if err := q.Run(t.Context(), &mill{size: 40, make: numbered}, broken{}, flexquery.Limits{}); !errors.Is(err, io.ErrClosedPipe) {
			t.Errorf("%s: a reader that is gone: %v", options, err)
		}
	}
}

// broken is a writer whose reader is gone.
type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

// A forgetful source has lost every record with an even id, and fails at one,
// when it is asked again.
type forgetful struct {
	list
	failing string
}

func (f forgetful) Record(ctx context.Context, id string) (flexquery.Record, error) {
	switch {
	case id == f.failing:
		return flexquery.Record{}, errStore
	case (id[len(id)-1]-'0')%2 == 0:
		return flexquery.Record{}, flexquery.ErrGone
	}
	return f.list.Record(ctx, id)
}

func TestRecordsThatHaveGoneAreLeftOut(t *testing.T) {
	t.Parallel()
	l := listOf(t, people...)
	for options, want := range map[string]string{
		"[sort_by][key]=n&[only][]=n":                         `[{"n":1},{"n":3}]`,
		"[sort_by][key]=n&[only][]=n&[return]=last":           `{"n":3}`,
		"[sort_by][key]=n&[only][]=n&[return]=last&[limit]=3": `{"n":1}`,
		"[group_by]=team&[only][]=n":                          `{"b":[],"a":[{"n":1}],"":[{"n":3}]}`,
		"[only][]=n&[sort_by][key]=n&[return]=last&[limit]=1&[where][0][key]=n&[where][0][operator]=eq&[where][0][value]=1": `{"n":1}`,
	} {
		if got, err := ask(t, forgetful{list: l}, options); err != nil || got != want {
			t.Errorf("%s: got %s, %v", options, got, err)
		}
	}
	for _, options := range []string{"[sort_by][key]=n", "[group_by]=team", "[sort_by][key]=n&[return]=last&[limit]=2"} {
		if got, err := ask(t, forgetful{list: l, failing: "1"}, options); !errors.Is(err, errStore) || got != "" {
			t.Errorf("%s: got %q, %v", options, got, err)
		}
	}
	if _, err := ask(t, forgetful{list: l}, "[sort_by][key]=n&[return]=first"); !errors.Is(err, flexquery.ErrNothing) {
		t.Errorf("the first has gone: %v", err)
	}
}
