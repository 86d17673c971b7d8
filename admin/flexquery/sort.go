package flexquery

import "strings"

// A sorting is what sort_by asks for.
type sorting struct {
	key        path
	descending bool
}

// A sortKey is what a record is sorted by.
type sortKey struct {
	class keyClass

	// text is the lower-cased text of the value.
	text string

	// number is its number, where the class is numeric.
	number number
}

// A keyClass is what sort keys can be compared as.
type keyClass int

const (
	// empty comes before all else.
	empty keyClass = iota
	// textual is compared as bytes.
	textual
	// numeric is compared as a number with its like, and as bytes with texts.
	numeric
)

// keyOf is the sort key of a value. As in Flextype, which makes a text of
// each, true is 1 and all lists are one word.
func keyOf(v Value) sortKey {
	text := ""
	switch v.kind {
	case Bool:
		if v.text == "true" {
			text = "1"
		}
	case List, Map:
		text = "array"
	default:
		text = lower(v.bytes())
	}
	if text == "" {
		return sortKey{class: empty}
	}
	if n, ok := numberIn(text); ok {
		return sortKey{class: numeric, text: text, number: n}
	}
	return sortKey{class: textual, text: text}
}

// lower is the text in lower case, as PHP has it: it differs from Go in the
// one letter that becomes two.
func lower(text string) string {
	return strings.ToLower(strings.ReplaceAll(text, "İ", "i̇"))
}

// compare orders two keys, the lower first.
func (k sortKey) compare(other sortKey) int {
	if k.class == numeric && other.class == numeric {
		return k.number.compare(other.number)
	}
	return strings.Compare(k.text, other.text)
}

// compare orders two keys in the direction that was asked for.
func (s *sorting) compare(a, b sortKey) int {
	if s.descending {
		return b.compare(a)
	}
	return a.compare(b)
}
