package flexquery

import (
	"errors"
	"slices"
	"strings"
)

// A test judges the value that a record has under the key of a condition.
type test struct {
	// holds gets a value that is not null.
	holds func(field Value) bool

	// steps is what its regular expression takes of maxProgram.
	steps int
}

// An operator makes the test for the value of a condition. Its errors say
// what is wrong with that value.
type operator func(Value) (test, error)

// operators are by name in lower case, aliases included.
var operators = map[string]operator{
	"eq": equals, "=": equals,
	"neq": not(equals), "!=": not(equals), "<>": not(equals),
	"lt": ordered(less), "<": ordered(less),
	"gt": ordered(more), ">": ordered(more),
	"lte": not(ordered(more)), "<=": not(ordered(more)),
	"gte": not(ordered(less)), ">=": not(ordered(less)),
	"in": in, "nin": not(in),
	"contains": contains, "like": contains,
	"ncontains": not(contains), "nlike": not(contains),
	"starts_with": starts, "ends_with": ends,
	"between": between, "nbetween": not(between),
	"newer": dated(more), "older": dated(less),
	"regexp": matches, "nregexp": not(matches),
}

// less and more judge the outcome of a comparison.
func less(comparison int) bool { return comparison < 0 }
func more(comparison int) bool { return comparison > 0 }

var (
	errOneValue = errors.New("takes one value, not a list")
	errNoValue  = errors.New("takes one value or two, and has none")
	errNoDate   = errors.New("is no date: RFC 3339, Unix seconds and YYYY-MM-DD HH:MM:SS are")
)

// not makes the operator that holds where another one does not.
func not(op operator) operator {
	return func(v Value) (test, error) {
		t, err := op(v)
		return test{holds: func(field Value) bool { return !t.holds(field) }, steps: t.steps}, err
	}
}

func equals(v Value) (test, error) {
	return test{holds: func(field Value) bool { return same(field, v) }}, nil
}

func ordered(good func(comparison int) bool) operator {
	return func(v Value) (test, error) {
		return test{holds: func(field Value) bool { return good(compare(field, v)) }}, nil
	}
}

func in(v Value) (test, error) {
	list := v.asList()
	return test{holds: func(field Value) bool {
		return slices.ContainsFunc(list, func(e entry) bool { return alike(field, e.value) })
	}}, nil
}

func between(v Value) (test, error) {
	list := v.asList()
	if len(list) == 0 {
		return test{}, errNoValue
	}
	low, high := list[0].value, list[len(list)-1].value
	return test{holds: func(field Value) bool {
		return compare(field, low) >= 0 && compare(field, high) <= 0
	}}, nil
}

// asList are the elements of a list, or the one value that is no list.
func (v Value) asList() []entry {
	if v.nested() {
		return v.entries
	}
	return []entry{{value: v}}
}

// contains looks for a piece of a text, or for an element of a list.
func contains(v Value) (test, error) {
	piece := v.bytes()
	return test{holds: func(field Value) bool {
		if field.kind == List {
			return slices.ContainsFunc(field.entries, func(e entry) bool { return same(e.value, v) })
		}
		return field.kind == Text && strings.Contains(field.text, piece)
	}}, oneValue(v)
}

func starts(v Value) (test, error) {
	start := v.bytes()
	return ofText(func(text string) bool { return strings.HasPrefix(text, start) }), oneValue(v)
}

// ends is as in Flextype: only the empty text ends with the empty text,
// though every text starts with it and contains it.
func ends(v Value) (test, error) {
	end := v.bytes()
	return ofText(func(text string) bool {
		return strings.HasSuffix(text, end) && (end != "" || text == "")
	}), oneValue(v)
}

func matches(v Value) (test, error) {
	if err := oneValue(v); err != nil {
		return test{}, err
	}
	re, steps, err := compilePattern(v.bytes())
	if err != nil {
		return test{}, err
	}
	t := ofText(re.MatchString)
	t.steps = steps
	return t, nil
}

func dated(good func(comparison int) bool) operator {
	return func(v Value) (test, error) {
		limit, ok := v.moment()
		if !ok {
			return test{}, errNoDate
		}
		return test{holds: func(field Value) bool {
			at, ok := field.moment()
			return ok && good(at.compare(limit))
		}}, nil
	}
}

// ofText makes a test that holds for texts only.
func ofText(holds func(string) bool) test {
	return test{holds: func(field Value) bool { return field.kind == Text && holds(field.text) }}
}

func oneValue(v Value) error {
	if v.nested() {
		return errOneValue
	}
	return nil
}
