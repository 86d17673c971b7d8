package flexquery_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/linkgate/linkgate/admin/flexquery"
	"github.com/linkgate/linkgate/store/strictjson"
)

// keyed are records with a number and a key to sort by, in no order.
func keyed(key func(i int) string) func(i int) []strictjson.Member {
	return func(i int) []strictjson.Member {
		return []strictjson.Member{
			{Name: "n", Value: fmt.Appendf(nil, "%d", i)},
			{Name: "key", Value: json.RawMessage(key(i * 7919 % 5000))},
		}
	}
}

func TestPagesOfTheSortedMakeTheWhole(t *testing.T) {
	t.Parallel()
	const size, page = 5000, 1000
	const late = 3100 // the key of record 4900, long after some were forgotten
	for name, c := range map[string]struct {
		key func(i int) string

		// again says that the first page needs a second look at all records.
		again bool
	}{
		"numbers":                      {func(i int) string { return fmt.Sprint(i / 3) }, false},
		"texts":                        {func(i int) string { return fmt.Sprintf(`"T%04d"`, i/3) }, false},
		"numbers and nothing":          {func(i int) string { return []string{"null", "false", fmt.Sprint(i)}[i%3] }, false},
		"texts and nothing":            {func(i int) string { return []string{`""`, "null", fmt.Sprintf(`"t%d"`, i)}[i%3] }, false},
		"numbers and one text":         {func(i int) string { return pick(i == late, `"many"`, fmt.Sprint(i)) }, true},
		"texts and one number":         {func(i int) string { return pick(i == late, `7`, fmt.Sprintf(`"t%d"`, i)) }, true},
		"circles, which have no order": {func(i int) string { return []string{`"9"`, `"1e1"`, `"1f"`}[i%3] }, false},
		"all alike":                    {func(int) string { return `1` }, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, direction := range []string{"asc", "desc"} {
				sorted := "[sort_by][key]=key&[sort_by][direction]=" + direction
				whole := ids(t, &mill{size: size, make: keyed(c.key)}, sorted)
				pages := make([]string, 0, size/page)
				for offset := 0; offset < size; offset += page {
					m := &mill{size: size, make: keyed(c.key)}
					pages = append(pages, ids(t, m, fmt.Sprintf("%s&[limit]=%d&[offset]=%d", sorted, page, offset)))
					if offset == 0 && (m.scanned > size) != c.again {
						t.Errorf("%s: %d records were read for the first page", direction, m.scanned)
					}
				}
				if got := strings.Join(pages, " "); got != whole {
					t.Errorf("%s: the pages are not the whole", direction)
				}
			}
		})
	}
}

func TestSortingIsStableWhenSomeAreForgotten(t *testing.T) {
	t.Parallel()
	m := &mill{size: 5000, make: keyed(func(i int) string { return fmt.Sprint(i % 2) })}
	got := ids(t, m, "[sort_by][key]=key&[sort_by][direction]=desc&[limit]=3&"+where("n", "gte", "4000"))
	first := []string{}
	for i := 4000; len(first) < 3; i++ {
		if i*7919%5000%2 == 1 {
			first = append(first, fmt.Sprint(i))
		}
	}
	if want := strings.Join(first, " "); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestASecondLookForgetsTheFirst(t *testing.T) {
	t.Parallel()
	const late = 3100
	m := &mill{size: 5000, make: keyed(func(i int) string { return pick(i == late, `"many"`, fmt.Sprint(i)) })}
	q, err := parse(t, "[sort_by][key]=key&[limit]=1000")
	if err != nil {
		t.Fatal(err)
	}
	// Enough for all records once, and not for all and a part of them.
	if _, err := run(t, q, m, flexquery.Limits{Memory: 700_000}); err != nil || m.scanned <= 5000 {
		t.Errorf("%d records were read: %v", m.scanned, err)
	}
}

func pick(condition bool, yes, no string) string {
	if condition {
		return yes
	}
	return no
}
