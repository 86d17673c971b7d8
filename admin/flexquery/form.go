package flexquery

import (
	"encoding/json"
	"iter"
	"strings"
	"unicode/utf8"
)

// Entries yields the elements of a list or a map with their keys, in order.
func (v Value) Entries() iter.Seq2[string, Value] {
	return func(yield func(string, Value) bool) {
		for i, e := range v.entries {
			if !yield(v.keyOf(i), e.value) {
				return
			}
		}
	}
}

// JSON writes the value as JSON. It is not ok where a text, or a name, is not
// UTF-8: JSON has no way to say it.
func (v Value) JSON() (text json.RawMessage, ok bool) {
	text, ok = v.appendJSON(nil)
	if !ok {
		return nil, false
	}
	return text, true
}

func (v Value) appendJSON(to []byte) ([]byte, bool) {
	switch v.kind {
	case Text:
		return appendText(to, v.text), utf8.ValidString(v.text)
	case Number, Bool:
		return append(to, v.text...), true
	case List, Map:
		return v.appendNested(to)
	default:
		return append(to, "null"...), true
	}
}

func (v Value) appendNested(to []byte) ([]byte, bool) {
	marks := "[]"
	if v.kind == Map {
		marks = "{}"
	}
	to = append(to, marks[0])
	for i, e := range v.entries {
		if i > 0 {
			to = append(to, ',')
		}
		if v.kind == Map {
			if !utf8.ValidString(e.key) {
				return nil, false
			}
			to = append(appendText(to, e.key), ':')
		}
		var ok bool
		if to, ok = e.value.appendJSON(to); !ok {
			return nil, false
		}
	}
	return append(to, marks[1]), true
}

// Texts returns every value that a raw query string has under a plain name, in
// order, where [ParseStr] would keep the last one only. It reads names as that
// does: spaces in front of them and what is behind a NUL do not count.
func Texts(raw, name string) (out []string) {
	raw, _, _ = strings.Cut(raw, "\x00")
	for pair := range strings.SplitSeq(raw, "&") {
		key, value, _ := strings.Cut(pair, "=")
		key, _, _ = strings.Cut(urlDecode(key), "\x00")
		if strings.TrimLeft(key, " ") == name {
			out = append(out, urlDecode(value))
		}
	}
	return out
}
