package flexquery_test

import (
	"encoding/json"
	"errors"
	"slices"
	"testing"

	"github.com/linkgate/linkgate/admin/flexquery"
	"github.com/linkgate/linkgate/store/storetest/corpora"
)

// What the real application and the real PHP answered.

func TestTheAnswersOfFlextype(t *testing.T) {
	t.Parallel()
	var file struct {
		Records []json.RawMessage
		Cases   []struct {
			Name    string
			Options json.RawMessage
			Expect  []int
		}
	}
	if err := json.Unmarshal(corpora.Read(t, "vectors", "flextype_filter.json"), &file); err != nil {
		t.Fatal(err)
	}
	if len(file.Cases) < 100 || len(file.Records) < 30 {
		t.Fatalf("%d cases over %d records", len(file.Cases), len(file.Records))
	}
	objects := make([]string, 0, len(file.Records))
	for _, r := range file.Records {
		objects = append(objects, string(r))
	}
	l := listOf(t, objects...)
	for _, c := range file.Cases {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			for form, options := range map[string]flexquery.Value{
				"as JSON":           flexquery.ValueOf(c.Options),
				"as a query string": asQueryString(t, c.Options),
			} {
				q, err := flexquery.Parse(options)
				if err != nil {
					t.Fatalf("%s: %v", form, err)
				}
				if got := numbers(t, q, l); !slices.Equal(got, c.Expect) {
					t.Errorf("%s: got %v, want %v", form, got, c.Expect)
				}
			}
		})
	}
}

// numbers are the fields n of the records in an answer.
func numbers(t *testing.T, q *flexquery.Query, l list) []int {
	t.Helper()
	out, err := run(t, q, l, flexquery.Limits{})
	if errors.Is(err, flexquery.ErrNothing) {
		return nil
	} else if err != nil {
		t.Fatal(err)
	}
	if out[0] == '{' {
		out = "[" + out + "]"
	}
	var records []struct{ N int }
	if err := json.Unmarshal([]byte(out), &records); err != nil {
		t.Fatal(err)
	}
	var got []int
	for _, r := range records {
		got = append(got, r.N)
	}
	return got
}

// asQueryString sends options through a query string, where every leaf is a
// text. Empty lists cannot go that way and stay as they are.
func asQueryString(t *testing.T, options json.RawMessage) flexquery.Value {
	t.Helper()
	var tree any
	if err := json.Unmarshal(options, &tree); err != nil {
		t.Fatal(err)
	}
	pairs, ok := pairsOf("o", tree)
	if !ok {
		return flexquery.ValueOf(options)
	}
	v, err := flexquery.ParseStr(pairs)
	if err != nil {
		t.Fatal(err)
	}
	return v.Get("o")
}

func TestTheAnswersOfParseStr(t *testing.T) {
	t.Parallel()
	var file struct {
		Cases []struct {
			Query  string
			Parsed json.RawMessage `json:"parsed_as_objects"`
		}
	}
	if err := json.Unmarshal(corpora.Read(t, "vectors", "parse_str.json"), &file); err != nil {
		t.Fatal(err)
	}
	if len(file.Cases) < 30 {
		t.Fatalf("%d cases", len(file.Cases))
	}
	for _, c := range file.Cases {
		t.Run(c.Query, func(t *testing.T) {
			t.Parallel()
			v, err := flexquery.ParseStr(c.Query)
			if err != nil {
				t.Fatal(err)
			}
			if got, want := show(v), show(flexquery.ValueOf(c.Parsed)); got != want {
				t.Errorf("got %s, want %s", got, want)
			}
		})
	}
}
