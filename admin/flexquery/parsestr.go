package flexquery

import (
	"errors"
	"strings"
)

const (
	// MaxPairs is the most `name=value` pairs that [ParseStr] reads. It is
	// PHP's own number.
	MaxPairs = 1000

	// MaxDepth is the deepest nesting of brackets that [ParseStr] reads:
	// `a[b]` has depth 1. It is PHP's own number.
	MaxDepth = 64
)

// PHP drops what is too much and says nothing. A query that lost a condition
// gives more than was asked for, so here it is an error.
var (
	// ErrTooManyPairs is returned for more than MaxPairs pairs.
	ErrTooManyPairs = errors.New("the query string has more than 1000 parameters")

	// ErrTooDeep is returned for more than MaxDepth brackets.
	ErrTooDeep = errors.New("a name in the query string has more than 64 pairs of brackets")
)

// ParseStr reads a raw query string as PHP's parse_str does: `a[b][]=c` nests,
// empty brackets count up, a later value replaces an earlier one, dots and
// spaces in a name become `_`, and what makes no sense is read the way PHP
// makes sense of it. Each leaf is a text. The result is a map, or null where
// nothing is said.
func ParseStr(raw string) (Value, error) {
	raw, _, _ = strings.Cut(raw, "\x00") // where a text ends for PHP
	root := &phpArray{}
	pairs := 0
	for pair := range strings.SplitSeq(raw, "&") {
		if pair == "" {
			continue
		}
		if pairs++; pairs > MaxPairs {
			return Value{}, ErrTooManyPairs
		}
		name, value, _ := strings.Cut(pair, "=")
		if err := root.register(urlDecode(name), urlDecode(value)); err != nil {
			return Value{}, err
		}
	}
	v := root.value()
	if v.kind == List { // of the names 0, 1, 2 and so on, or of none
		v = v.asMap()
	}
	return v, nil
}

// register puts a value where its decoded name says.
func (a *phpArray) register(name, value string) error {
	path, ok, err := splitName(name)
	if err != nil || !ok {
		return err
	}
	last := len(path) - 1
	for i, key := range path {
		switch {
		case a == nil || key.forged:
			return nil
		case i == last:
			a.set(key, value)
		default:
			a = a.child(key)
		}
	}
	return nil
}

// urlDecode decodes `+` and `%` with two hexadecimal digits, and leaves any
// other `%` alone.
func urlDecode(s string) string {
	if !strings.ContainsAny(s, "+%") {
		return s
	}
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '+':
			out = append(out, ' ')
		case s[i] == '%' && i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2]):
			out = append(out, unhex(s[i+1])<<4|unhex(s[i+2]))
			i += 2
		default:
			out = append(out, s[i])
		}
	}
	return string(out)
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}

func unhex(c byte) byte {
	if c <= '9' {
		return c - '0'
	}
	return c | 0x20 - 'a' + 10
}
