package flexquery_test

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"strconv"
	"strings"
	"testing"

	"github.com/linkgate/linkgate/admin/flexquery"
	"github.com/linkgate/linkgate/store/strictjson"
)

// A list is a source of records that are in memory.
type list []flexquery.Record

func (l list) Records(context.Context) iter.Seq2[flexquery.Record, error] {
	return func(yield func(flexquery.Record, error) bool) {
		for _, r := range l {
			if !yield(r, nil) {
				return
			}
		}
	}
}

func (l list) Record(_ context.Context, id string) (flexquery.Record, error) {
	i, err := strconv.Atoi(id)
	if err != nil || i >= len(l) {
		return flexquery.Record{}, fmt.Errorf("looking for %q: %w", id, flexquery.ErrGone)
	}
	return l[i], nil
}

// listOf makes a list of JSON objects.
func listOf(t testing.TB, objects ...string) list {
	t.Helper()
	l := make(list, 0, len(objects))
	for i, object := range objects {
		fields, err := strictjson.Object([]byte(object))
		if err != nil {
			t.Fatalf("%s: %v", object, err)
		}
		l = append(l, flexquery.Record{ID: strconv.Itoa(i), Fields: fields})
	}
	return l
}

// parse reads a query string, without `options[filter]` before each bracket:
// `[where][0][key]=a&[limit]=2`.
func parse(t testing.TB, options string) (*flexquery.Query, error) {
	t.Helper()
	var pairs []string
	for pair := range strings.SplitSeq(options, "&") {
		pairs = append(pairs, "options[filter]"+pair)
	}
	v, err := flexquery.ParseStr(strings.Join(pairs, "&"))
	if err != nil {
		t.Fatal(err)
	}
	return flexquery.Parse(v.Get("options", "filter"))
}

// ask runs a query over a list and returns the answer.
func ask(t testing.TB, l flexquery.Source, options string) (string, error) {
	t.Helper()
	q, err := parse(t, options)
	if err != nil {
		t.Fatalf("%s: %v", options, err)
	}
	return run(t, q, l, flexquery.Limits{})
}

func run(t testing.TB, q *flexquery.Query, from flexquery.Source, limits flexquery.Limits) (string, error) {
	t.Helper()
	var out strings.Builder
	err := q.Run(t.Context(), from, &out, limits)
	if err == nil && !json.Valid([]byte(out.String())) {
		t.Errorf("the answer is no JSON: %s", &out)
	}
	return out.String(), err
}

// where is a condition, as a part of a query string for parse.
func where(key, operator string, values ...string) string {
	out := "[where][0][key]=" + escape(key) + "&[where][0][operator]=" + escape(operator)
	if len(values) == 1 {
		return out + "&[where][0][value]=" + escape(values[0])
	}
	for _, v := range values {
		out += "&[where][0][value][]=" + escape(v)
	}
	return out
}

// escape keeps a text in one piece on its way through a query string.
func escape(text string) string {
	return strings.NewReplacer("%", "%25", "&", "%26", "+", "%2B", "\x00", "%00").Replace(text)
}

// pairsOf are the pairs of a query string that say the same as a JSON value.
func pairsOf(name string, v any) (pairs string, ok bool) {
	join := func(key string, element any) bool {
		more, ok := pairsOf(name+"["+key+"]", element)
		pairs = strings.TrimPrefix(pairs+"&"+more, "&")
		return ok
	}
	switch v := v.(type) {
	case map[string]any:
		for key, element := range v {
			if !join(key, element) {
				return "", false
			}
		}
		return pairs, true
	case []any:
		for i, element := range v {
			if !join(strconv.Itoa(i), element) {
				return "", false
			}
		}
		return pairs, len(v) > 0
	case bool:
		if v && strings.Contains(name, "limit") {
			return name + "=1", true // what PHP takes it for there
		}
	}
	return name + "=" + escape(fmt.Sprint(v)), true
}

// show is a value with lists as objects, so that it can be compared.
func show(v flexquery.Value) string {
	if text, ok := v.Text(); ok {
		return strconv.Quote(text)
	}
	out := "{"
	for key, element := range v.Entries() {
		out += strconv.Quote(key) + ":" + show(element) + ","
	}
	return out + "}"
}

// ids are the fields n of the records in an answer.
func ids(t testing.TB, l flexquery.Source, options string) string {
	t.Helper()
	out, err := ask(t, l, options)
	if err != nil {
		t.Fatal(err)
	}
	var records []struct{ N int }
	if err := json.Unmarshal([]byte(out), &records); err != nil {
		t.Fatalf("%s: %v", out, err)
	}
	list := make([]string, 0, len(records))
	for _, r := range records {
		list = append(list, strconv.Itoa(r.N))
	}
	return strings.Join(list, " ")
}
