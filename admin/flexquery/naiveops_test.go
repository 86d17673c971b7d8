package flexquery_test

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
)

// holds judges by the words of the contract, operator by operator.
func (c askedCondition) holds(r object) bool {
	v := naivePath(r, c.key)
	if v == nil {
		return false
	}
	op := strings.ToLower(c.operator)
	positive := map[string]string{
		"neq": "eq", "!=": "eq", "<>": "eq", "=": "eq", "nin": "in", "like": "contains", "ncontains": "contains",
		"nlike": "contains", "nbetween": "between", "nregexp": "regexp", "<": "lt", ">": "gt", "<=": "lte", ">=": "gte",
	}
	negative := []string{"neq", "!=", "<>", "nin", "ncontains", "nlike", "nbetween", "nregexp"}
	base := op
	if p, ok := positive[op]; ok {
		base = p
	}
	return naiveHolds(base, v, c.value) != slices.Contains(negative, op)
}

func naiveHolds(op string, v, value any) bool {
	list, isList := value.([]any)
	if !isList {
		list = []any{value}
	}
	text, isText := v.(string)
	piece, _ := value.(string)
	switch op {
	case "eq":
		return naiveSame(v, value)
	case "lt":
		return naiveOrder(v, value) < 0
	case "gt":
		return naiveOrder(v, value) > 0
	case "lte":
		return naiveOrder(v, value) <= 0
	case "gte":
		return naiveOrder(v, value) >= 0
	case "between":
		return naiveOrder(v, list[0]) >= 0 && naiveOrder(v, list[len(list)-1]) <= 0
	case "in":
		return slices.ContainsFunc(list, func(e any) bool { return naiveAlike(v, e.(string)) })
	case "contains":
		elements, _ := v.([]any)
		return isText && strings.Contains(text, piece) ||
			slices.ContainsFunc(elements, func(e any) bool { return naiveSame(e, value) })
	case "starts_with":
		return isText && strings.HasPrefix(text, piece)
	case "ends_with":
		return isText && strings.HasSuffix(text, piece) && (piece != "" || text == "")
	case "regexp":
		return isText && regexp.MustCompile("(?im)"+piece).MatchString(text)
	}
	at, than := naiveDate(v), naiveDate(value)
	return at != nil && (op == "newer" && at.Cmp(than) > 0 || op == "older" && at.Cmp(than) < 0)
}

// naiveSame is eq: v of a record, value a text or a list of texts.
func naiveSame(v, value any) bool {
	switch v := v.(type) {
	case bool:
		return value == map[bool]string{true: "true", false: "false"}[v]
	case json.Number:
		n := naiveNumber(value)
		return n != nil && n.Cmp(naiveNumber(v)) == 0
	case []any:
		list, ok := value.([]any)
		return ok && slices.EqualFunc(v, list, naiveSame)
	default:
		return v == value
	}
}

// naiveOrder is a comparison by lt and its like with a text.
func naiveOrder(v, value any) int {
	switch v.(type) {
	case []any, object:
		return 1 // lists come after all texts
	}
	n, m := naiveNumber(v), naiveNumber(value)
	if n != nil && m != nil {
		return n.Cmp(m)
	}
	return strings.Compare(naiveText(v), naiveText(value))
}

// naiveAlike is the equality of in with a text.
func naiveAlike(v any, value string) bool {
	switch v := v.(type) {
	case bool:
		return v != (value == "" || value == "0")
	case json.Number, string:
		n, m := naiveNumber(v), naiveNumber(value)
		return v == value || n != nil && m != nil && n.Cmp(m) == 0
	default:
		return false
	}
}
