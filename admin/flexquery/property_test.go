package flexquery_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/linkgate/linkgate/admin/flexquery"
)

// Scalars in which the rules differ from each other.
var scalars = []string{
	`0`, `1`, `5`, `5.0`, `10`, `-7`, `1.5`, `9007199254740992`, `9007199254740993`, `1e2`,
	`""`, `"0"`, `"5"`, `"05"`, `" 5"`, `"5.0"`, `"1e2"`, `"100"`, `"9007199254740993"`, `"10"`, `"9"`, `"1f"`, `"1e1"`,
	`"a"`, `"A"`, `"ab"`, `"b\na"`, `"é"`, `"true"`, `"false"`, `"2022-01-15"`, `"2022-01-15 10:00:00"`, `"2022-01-15T10:00:00+02:00"`,
	`true`, `false`, `null`,
}

// values are what a condition may compare with: the texts of the scalars.
var values = []string{
	"", "0", "1", "5", "05", "5.0", "10", "-7", "1e2", "9007199254740993", "9", "1f", "a", "A", "ab", "é", "true", "false",
	"2022-01-15", "2022-01-15 08:00:00", "1642204800",
}

var keys = []string{"f", "g", "f.g", "l.0", "l", "o.f", "o.l.1", "none"}

func drawRecord(t *rapid.T, n int) string {
	scalar := rapid.SampledFrom(scalars)
	list := func() string { return "[" + strings.Join(rapid.SliceOfN(scalar, 0, 3).Draw(t, "list"), ",") + "]" }
	fields := []string{fmt.Sprintf(`"n":%d`, n)}
	for _, f := range []struct {
		name  string
		value func() string
	}{
		{"f", func() string { return scalar.Draw(t, "f") }},
		{"g", func() string { return scalar.Draw(t, "g") }},
		{"f.g", func() string { return scalar.Draw(t, "f.g") }},
		{"l", list},
		{"o", func() string { return `{"f":` + scalar.Draw(t, "o.f") + `,"l":` + list() + `}` }},
	} {
		if rapid.IntRange(0, 4).Draw(t, "there") > 0 {
			fields = append(fields, fmt.Sprintf("%q:%s", f.name, f.value()))
		}
	}
	return "{" + strings.Join(fields, ",") + "}"
}

var spellings = []string{
	"eq", "=", "neq", "!=", "<>", "lt", "<", "gt", ">", "lte", "<=", "gte", ">=", "in", "nin", "contains", "like", "ncontains",
	"NLIKE", "starts_with", "Ends_With", "between", "nbetween", "newer", "older", "regexp", "nregexp",
}

func drawCondition(t *rapid.T, operator string) askedCondition {
	c := askedCondition{key: rapid.SampledFrom(keys).Draw(t, "key"), operator: operator}
	value := rapid.SampledFrom(values)
	switch c.operator {
	case "newer", "older":
		c.value = rapid.SampledFrom(values[len(values)-3:]).Draw(t, "date")
	case "regexp", "nregexp":
		c.value = rapid.SampledFrom([]string{"", "a", "^A$", `\d`, "[^a]", "é|0", "^$"}).Draw(t, "pattern")
	case "in", "nin", "between", "nbetween", "eq", "neq":
		if rapid.Bool().Draw(t, "many") {
			list := []any{}
			for _, v := range rapid.SliceOfN(value, 1, 3).Draw(t, "values") {
				list = append(list, v)
			}
			c.value = list
			return c
		}
		fallthrough
	default:
		c.value = value.Draw(t, "value")
	}
	return c
}

// drawAsked draws a query. Its first condition, if it has one, has the operator.
func drawAsked(t *rapid.T, operator string) asked {
	a := asked{
		limit:      rapid.SampledFrom([]int{-1, -1, -1, 0, 1, 2, 5, 9}).Draw(t, "limit"),
		offset:     rapid.SampledFrom([]int{0, 0, 0, 1, 2, 4}).Draw(t, "offset"),
		choice:     rapid.SampledFrom([]string{"all", "all", "all", "first", "last"}).Draw(t, "return"),
		descending: rapid.Bool().Draw(t, "descending"),
	}
	for range rapid.SampledFrom([]int{1, 1, 2, 0}).Draw(t, "conditions") {
		a.conditions = append(a.conditions, drawCondition(t, operator))
		operator = rapid.SampledFrom(spellings).Draw(t, "operator")
	}
	switch rapid.SampledFrom([]string{"created", "sort", "group"}).Draw(t, "order") {
	case "group":
		a.group = rapid.SampledFrom(keys).Draw(t, "group_by")
	case "sort":
		a.sort = rapid.SampledFrom(keys).Draw(t, "sort_by")
	}
	return a
}

// query is what is asked as a query string for parse.
func (a asked) query() string {
	parts := []string{fmt.Sprintf("[offset]=%d&[return]=%s", a.offset, a.choice)}
	for i, c := range a.conditions {
		texts := []string{}
		if list, ok := c.value.([]any); ok {
			for _, v := range list {
				texts = append(texts, v.(string))
			}
			texts = append(texts, texts[len(texts)-1]) // two at least make a list
			if c.operator == "eq" || c.operator == "neq" {
				c.value = append(list, list[len(list)-1])
				a.conditions[i] = c
			}
		} else {
			texts = append(texts, c.value.(string))
		}
		parts = append(parts, strings.ReplaceAll(where(c.key, c.operator, texts...), "[where][0]", fmt.Sprintf("[where][%d]", i)))
	}
	if a.limit >= 0 {
		parts = append(parts, fmt.Sprintf("[limit]=%d", a.limit))
	}
	if a.group != "" {
		parts = append(parts, "[group_by]="+a.group)
	}
	if a.sort != "" {
		parts = append(parts, "[sort_by][key]="+a.sort+"&[sort_by][direction]="+map[bool]string{true: "desc", false: "asc"}[a.descending])
	}
	return strings.Join(parts, "&")
}

func decode(t testing.TB, text string) (v any) {
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	if err := decoder.Decode(&v); err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	return v
}

func TestTheNaiveImplementationAgrees(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		objects := make([]string, rapid.SampledFrom([]int{14, 8, 3, 0}).Draw(rt, "records"))
		records := make([]object, 0, len(objects))
		for i := range objects {
			objects[i] = drawRecord(rt, i)
			records = append(records, decode(t, objects[i]).(object))
		}
		l := listOf(t, objects...)
		for _, operator := range spellings {
			a := drawAsked(rt, operator)
			query := a.query()
			got, err := ask(t, l, query)
			want := a.answer(records)
			if errors.Is(err, flexquery.ErrNothing) && want == nil {
				continue
			}
			if err != nil || !reflect.DeepEqual(decode(t, got), want) {
				rt.Fatalf("%s over\n%s\n got %s (%v)\nwant %v", query, strings.Join(objects, "\n"), got, err, want)
			}
		}
	})
}
