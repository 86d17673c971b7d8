package strictjson

import (
	"encoding/json"
	"unicode/utf8"
)

// text reads a string and reports whether it contains escapes.
func (s *scanner) text() (escaped bool, err error) {
	s.pos++
	for s.pos < len(s.data) {
		switch c := s.data[s.pos]; {
		case c == '"':
			s.pos++
			return escaped, nil
		case c == '\\':
			escaped = true
			if err := s.escape(); err != nil {
				return escaped, err
			}
		case c < ' ':
			return escaped, syntax(s.pos, "control byte in a string")
		case c < utf8.RuneSelf:
			s.pos++
		default:
			r, n := utf8.DecodeRune(s.data[s.pos:])
			if r == utf8.RuneError && n == 1 {
				return escaped, syntax(s.pos, "invalid UTF-8")
			}
			s.pos += n
		}
	}
	return escaped, syntax(s.pos, "string without end")
}

// escape reads an escape, and with the first half of a surrogate pair the
// second one.
func (s *scanner) escape() error {
	begin := s.pos
	s.pos++
	switch s.peek() {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		s.pos++
		return nil
	case 'u':
	default:
		return syntax(begin, "unknown escape")
	}
	unit, ok := s.unit()
	if !ok {
		return syntax(begin, "unknown escape")
	}
	switch {
	case unit < 0xd800 || unit > 0xdfff:
		return nil
	case unit < 0xdc00 && s.peek() == '\\':
		s.pos++
		if s.peek() == 'u' {
			if low, ok := s.unit(); ok && low >= 0xdc00 && low <= 0xdfff {
				return nil
			}
		}
	}
	return syntax(begin, "half a surrogate pair")
}

// unit reads the u and the four digits of an escape.
func (s *scanner) unit() (unit rune, ok bool) {
	if len(s.data)-s.pos < 5 {
		return 0, false
	}
	for _, c := range s.data[s.pos+1 : s.pos+5] {
		switch {
		case c >= '0' && c <= '9':
			c -= '0'
		case c >= 'a' && c <= 'f':
			c -= 'a' - 10
		case c >= 'A' && c <= 'F':
			c -= 'A' - 10
		default:
			return 0, false
		}
		unit = unit<<4 | rune(c)
	}
	s.pos += 5
	return unit, true
}

func (s *scanner) word(want string) error {
	if len(s.data)-s.pos < len(want) || string(s.data[s.pos:s.pos+len(want)]) != want {
		return syntax(s.pos, "unknown word")
	}
	s.pos += len(want)
	return nil
}

// number reads a number of any size: whoever needs a value decides what fits.
func (s *scanner) number() error {
	begin := s.pos
	if s.peek() == '-' {
		s.pos++
	}
	if s.peek() == '0' {
		s.pos++
	} else if !s.digits() {
		return syntax(begin, "missing or unknown value")
	}
	if s.peek() == '.' {
		s.pos++
		if !s.digits() {
			return syntax(begin, "malformed number")
		}
	}
	if c := s.peek(); c == 'e' || c == 'E' {
		s.pos++
		if c := s.peek(); c == '+' || c == '-' {
			s.pos++
		}
		if !s.digits() {
			return syntax(begin, "malformed number")
		}
	}
	return nil
}

// digits reads digits and reports whether there was one.
func (s *scanner) digits() bool {
	begin := s.pos
	for c := s.peek(); c >= '0' && c <= '9'; c = s.peek() {
		s.pos++
	}
	return s.pos > begin
}

// decode gives the meaning of a string that text has read.
func decode(quoted []byte, escaped bool) string {
	if !escaped {
		return string(quoted[1 : len(quoted)-1])
	}
	var out string
	// It cannot fail, and has nothing to replace by U+FFFD: text saw to both.
	_ = json.Unmarshal(quoted, &out)
	return out
}
