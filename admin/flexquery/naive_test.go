package flexquery_test

import (
	"encoding/json"
	"math/big"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The rules of contract section 5.2 once more, in the plainest way: everything
// is loaded, numbers are fractions, and each step makes a new list.

// An object is a record as encoding/json reads it, with json.Number.
type object = map[string]any

// asked are the options that the naive implementation is given. A value is a
// text or a list of texts.
type asked struct {
	conditions []askedCondition
	group      string
	sort       string
	descending bool
	offset     int
	limit      int // -1: none
	choice     string
}

type askedCondition struct {
	key, operator string
	value         any
}

// answer is a list of objects, an object of lists, an object, or nil.
func (a asked) answer(records []object) any {
	var kept []object
	for _, r := range records {
		if !slices.ContainsFunc(a.conditions, func(c askedCondition) bool { return !c.holds(r) }) {
			kept = append(kept, r)
		}
	}
	if a.group != "" {
		return a.groups(kept)
	}
	if a.sort != "" {
		slices.SortStableFunc(kept, func(x, y object) int {
			if a.descending {
				x, y = y, x
			}
			return naiveSort(naivePath(x, a.sort), naivePath(y, a.sort))
		})
	}
	return chosen(a, kept, func(r object) any { return r }, func(list []object) any {
		out := []any{}
		for _, r := range list {
			out = append(out, r)
		}
		return out
	})
}

func (a asked) groups(records []object) any {
	var names []string
	members := map[string][]any{}
	for _, r := range records {
		name := ""
		switch v := naivePath(r, a.group).(type) {
		case string:
			name = v
		case json.Number:
			name = naiveText(v)
		case bool:
			name = map[bool]string{true: "1", false: "0"}[v]
		}
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
		members[name] = append(members[name], r)
	}
	return chosen(a, names, func(name string) any { return members[name] }, func(list []string) any {
		out := object{}
		for _, name := range list {
			out[name] = members[name]
		}
		return out
	})
}

func chosen[T any](a asked, list []T, one func(T) any, many func([]T) any) any {
	list = list[min(a.offset, len(list)):]
	if a.limit >= 0 {
		list = list[:min(a.limit, len(list))]
	}
	switch {
	case a.choice == "all":
		return many(list)
	case len(list) == 0:
		return nil
	case a.choice == "first":
		return one(list[0])
	default:
		return one(list[len(list)-1])
	}
}

func naivePath(r object, key string) any {
	if v := r[key]; v != nil {
		return v
	}
	var at any = r
	for step := range strings.SplitSeq(key, ".") {
		switch v := at.(type) {
		case object:
			at = v[step]
		case []any:
			at = nil
			for i := range v {
				if strconv.Itoa(i) == step {
					at = v[i]
				}
			}
		default:
			return nil
		}
	}
	return at
}

var naiveNumeric = regexp.MustCompile(`^[ \t\n\r\v\f]*([+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)[ \t\n\r\v\f]*$`)

func naiveNumber(v any) *big.Rat {
	text := ""
	switch v := v.(type) {
	case string:
		text = v
	case json.Number:
		text = v.String()
	}
	if m := naiveNumeric.FindStringSubmatch(text); m != nil {
		n, _ := new(big.Rat).SetString(m[1])
		return n
	}
	return nil
}

func naiveText(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case bool:
		return strconv.FormatBool(v)
	case json.Number:
		if f, err := v.Float64(); err == nil && strings.ContainsAny(v.String(), ".eE") {
			return strconv.FormatFloat(f, 'f', -1, 64)
		}
		return v.String()
	default:
		return ""
	}
}

func naiveSort(x, y any) int {
	text := func(v any) string {
		switch v := v.(type) {
		case bool:
			return map[bool]string{true: "1", false: ""}[v]
		case []any, object:
			return "array"
		}
		return strings.ToLower(naiveText(v))
	}
	n, m := naiveNumber(text(x)), naiveNumber(text(y))
	if n != nil && m != nil {
		return n.Cmp(m)
	}
	return strings.Compare(text(x), text(y))
}

var naiveDates = []string{time.DateOnly, time.DateTime, time.RFC3339, "2006-01-02 15:04"}

// naiveDate is a date as a number.
func naiveDate(v any) *big.Rat {
	if n := naiveNumber(v); n != nil {
		return n
	}
	if text, ok := v.(string); ok {
		for _, form := range naiveDates {
			if at, err := time.Parse(form, text); err == nil {
				return new(big.Rat).SetInt64(at.Unix())
			}
		}
	}
	return nil
}
