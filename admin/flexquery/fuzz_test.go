package flexquery_test

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/linkgate/linkgate/admin/flexquery"
)

// FuzzParseStr looks for a query string that is read into more than it says,
// deeper than is allowed, or not at all.
func FuzzParseStr(f *testing.F) {
	for _, seed := range []string{
		"", "a=1&b[]=2&b[]=3", "a[x][y]=1&a[x]=2", "a[b.c[d=1", "a%5Bx%5D=%00", "a[ ]=1&a[-5]=2&a[]=3", "_.Host-a=1", "+.a[]]=1&&=",
		"options[filter][where][0][key]=calls&options[filter][where][0][operator]=%3E%3D&options[filter][where][0][value]=5",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, query string) {
		v, err := flexquery.ParseStr(query)
		if err != nil {
			if !errors.Is(err, flexquery.ErrTooDeep) && !errors.Is(err, flexquery.ErrTooManyPairs) {
				t.Fatalf("an error of another kind: %v", err)
			}
			return
		}
		leaves, depth, bytes := measure(v)
		if leaves > flexquery.MaxPairs || depth > flexquery.MaxDepth+1 || bytes > len(query) {
			t.Fatalf("%d leaves, %d deep, with %d bytes", leaves, depth, bytes)
		}
	})
}

// measure counts the leaves of a value, how deep it is, and the bytes of the
// texts in it.
func measure(v flexquery.Value) (leaves, depth, bytes int) {
	if text, ok := v.Text(); ok {
		return 1, 0, len(text)
	}
	for _, element := range v.Entries() {
		l, d, b := measure(element)
		leaves, depth, bytes = leaves+l, max(depth, d+1), bytes+b
	}
	return leaves, depth, bytes
}

// FuzzQuery looks for options that make a query panic, answer with what is no
// JSON or with more records than there are.
func FuzzQuery(f *testing.F) {
	for _, seed := range []string{
		`{"where":[{"key":"n","operator":"eq","value":"1"}],"limit":"2"}`,
		`{"where":[{"key":"name.nick.0","operator":"regexp","value":"^z"}],"sort_by":{"key":"age","direction":"desc"}}`,
		`{"where":{"x":{"key":"team","operator":"between","value":["a","b"]}},"group_by":"team","return":"last"}`,
		`{"sort_by":{"key":"name"},"offset":1e3,"only":["n"],"except":["name.nick.0","n.n"]}`,
		`{"where":[{"key":"age","operator":"newer","value":1650000000}],"limit":true}`,
		`{"where":[{"key":"price","operator":"lte","value":{"a":[1,null,true]}}],"group_by":"name"}`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, options string) {
		if !json.Valid([]byte(options)) {
			return
		}
		q, err := flexquery.Parse(flexquery.ValueOf(json.RawMessage(options)))
		if err != nil {
			if _, ok := errors.AsType[*flexquery.OptionError](err); !ok {
				t.Fatalf("an error of another kind: %v", err)
			}
			return
		}
		l := listOf(t, people...)
		got, err := run(t, q, l, flexquery.Limits{})
		if err != nil && !errors.Is(err, flexquery.ErrNothing) {
			t.Fatal(err)
		}
		var records []json.RawMessage
		if json.Unmarshal([]byte(got), &records) == nil && len(records) > len(l) {
			t.Fatalf("%d records of %d", len(records), len(l))
		}
	})
}
