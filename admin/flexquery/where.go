package flexquery

import (
	"fmt"
	"strings"
)

// maxConditions is the most conditions of a query.
const maxConditions = 64

// A condition is one element of where.
type condition struct {
	key  path
	test test
}

// holds reports whether a record meets the condition. One without the field,
// or with null in it, does not, whatever the operator.
func (c condition) holds(r Record) bool {
	v := c.key.of(r)
	return v.kind != Null && c.test.holds(v)
}

// parseWhere reads the conditions, all of which have to hold.
func parseWhere(where Value) ([]condition, error) {
	const option = "[where]"
	switch {
	case where.kind == Null:
		return nil, nil
	case !where.nested():
		return nil, wrong(option, "must be a list of conditions")
	case len(where.entries) > maxConditions:
		return nil, wrong(option, fmt.Sprintf("has more than %d conditions", maxConditions))
	}
	conditions := make([]condition, 0, len(where.entries))
	steps := 0
	for i, e := range where.entries {
		c, err := parseCondition(option+"["+shown(where.keyOf(i))+"]", e.value)
		if err != nil {
			return nil, err
		}
		if steps += c.test.steps; steps > maxProgram {
			return nil, wrong(option, fmt.Sprintf("has regular expressions of more than %d steps together", maxProgram))
		}
		conditions = append(conditions, c)
	}
	return conditions, nil
}

// parseCondition reads one condition, which stands under an option.
func parseCondition(option string, v Value) (c condition, err error) {
	key, ok := v.element("key").Text()
	if !ok || key == "" {
		return c, incomplete(option, "key")
	}
	name, ok := v.element("operator").Text()
	if !ok {
		return c, incomplete(option, "operator")
	}
	value := v.element("value")
	if value.kind == Null {
		return c, incomplete(option, "value")
	}
	op, ok := operators[strings.ToLower(name)]
	if !ok {
		return c, wrong(option+"[operator]", "is unknown: eq, neq, lt, gt, lte, gte, in, nin, contains, ncontains, "+
			"starts_with, ends_with, between, nbetween, newer, older, regexp and nregexp are known")
	}
	t, err := op(value)
	if err != nil {
		return c, wrong(option+"[value]", err.Error())
	}
	return condition{key: newPath(key), test: t}, nil
}

// incomplete is the error about a condition that lacks one of its three parts.
func incomplete(option, part string) error {
	return wrong(option, "is an incomplete condition: it needs a key, an operator and a value, and has no "+part)
}

// longestShown is the longest key of a condition that an error shows.
const longestShown = 16

// shown is the key of a condition in an error: as it came where it is a plain
// word or number.
func shown(key string) string {
	plain := func(c rune) bool {
		return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '_' || c == '-'
	}
	if len(key) > longestShown || strings.ContainsFunc(key, func(c rune) bool { return !plain(c) }) {
		return "…"
	}
	return key
}
