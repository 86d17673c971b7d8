package flexquery_test

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"
	"testing"

	"github.com/linkgate/linkgate/admin/flexquery"
	"github.com/linkgate/linkgate/store/strictjson"
)

// countdown is the numbers below size, the highest first.
func countdown(size int) string {
	list := make([]string, 0, size)
	for i := range size {
		list = append(list, fmt.Sprint(size-1-i))
	}
	return strings.Join(list, " ")
}

func TestManyLargeRecordsAreReadInParts(t *testing.T) {
	t.Parallel()
	const size = 1100
	pad := []byte(`"` + strings.Repeat("x", 16<<10) + `"`)
	m := &mill{size: size, make: func(i int) []strictjson.Member {
		return []strictjson.Member{{Name: "n", Value: fmt.Appendf(nil, "%d", i)}, {Name: "pad", Value: pad}}
	}}
	if got := ids(t, m, "[sort_by][key]=n&[sort_by][direction]=desc"); got != countdown(size) {
		t.Error("the records are not in order")
	}
	// They are 17 MiB, of which 16 may be held: one half is picked, and the
	// other is few enough to be asked for by name.
	if m.scanned != 2*size || m.again != size/2 {
		t.Errorf("%d records were read, %d by name", m.scanned, m.again)
	}
}

func reversed(list string) string {
	words := strings.Fields(list)
	slices.Reverse(words)
	return strings.Join(words, " ")
}

func TestRecordsThatGoMeanwhileAreLeftOutOfALongList(t *testing.T) {
	t.Parallel()
	const size = 3000
	for _, options := range []string{"[sort_by][key]=n", "[group_by]=none&[return]=last"} {
		source := &shrinking{mill: &mill{size: size, make: numbered}}
		if got, want := ids(t, source, options), reversed(countdown(100)); got != want {
			t.Errorf("%s: got %d records", options, len(strings.Fields(got)))
		}
	}
}

// A shrinking source has the first hundred records only, from the second
// reading on.
type shrinking struct {
	*mill
	readings int
}

func (s *shrinking) Records(ctx context.Context) iter.Seq2[flexquery.Record, error] {
	if s.readings++; s.readings > 1 {
		s.size = 100
	}
	return s.mill.Records(ctx)
}
