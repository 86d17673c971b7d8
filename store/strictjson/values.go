package strictjson

import (
	"encoding/json"
	"strconv"
)

// String returns the text of a value that is a string.
func String(v json.RawMessage) (text string, ok bool) {
	s := scanner{data: v}
	if s.peek() != '"' {
		return "", false
	}
	escaped, err := s.text()
	if err != nil || s.pos != len(v) {
		return "", false
	}
	return decode(v, escaped), true
}

// Integer returns the number of a value that is an integer literal and fits.
// Spellings with a point or an exponent are none, whatever their value.
func Integer(v json.RawMessage) (n int64, ok bool) {
	s := scanner{data: v}
	if s.peek() == '-' {
		s.pos++
	}
	if s.peek() == '0' {
		s.pos++
	} else if !s.digits() {
		return 0, false
	}
	if s.pos != len(v) {
		return 0, false
	}
	n, err := strconv.ParseInt(string(v), 10, 64)
	return n, err == nil
}

// IsNull reports whether a value is null.
func IsNull(v json.RawMessage) bool { return string(v) == "null" }
