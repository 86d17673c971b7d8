package mask

import (
	"strings"

	"github.com/linkgate/linkgate/store"
)

const linkLen = store.LinkLen

// at returns the character of s at i and the bytes it takes: three where it
// is percent-encoded, five where the percent sign is so itself, and so on, so
// that no escape hides a token or breaks one apart.
func at(s string, i int) (c byte, width int) {
	c, width = s[i], 1
	for c == '%' && i+width+1 < len(s) {
		hi, lo := nibble(s[i+width]), nibble(s[i+width+1])
		if hi >= 16 || lo >= 16 {
			break
		}
		c, width = hi<<4|lo, width+2
	}
	return c, width
}

// linkInEscape returns where in the escape of that width at i a link begins
// that its percent sign only happens to stand before: as an escape it would
// leave 30 digits to read.
func linkInEscape(s string, i, width int) (start int, ok bool) {
	for start = i + 1; start < i+width; start += 2 {
		if plainLink(s, start) {
			return start, true
		}
	}
	return 0, false
}

// skip returns the position behind the character c at i, or false where
// another one stands there.
func skip(s string, i int, c byte) (int, bool) {
	if i >= len(s) {
		return i, false
	}
	got, width := at(s, i)
	return i + width, got == c
}

// runEnd returns where the run of token characters at i ends.
func runEnd(s string, i int) int {
	for i < len(s) {
		c, width := at(s, i)
		if !tokenChar(c) {
			break
		}
		i += width
	}
	return i
}

// decode undoes percent-encoding.
func decode(s string) string {
	if strings.IndexByte(s, '%') < 0 {
		return s
	}
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); {
		c, width := at(s, i)
		b = append(b, c)
		i += width
	}
	return string(b)
}

// plainLink reports whether exactly a link of unescaped digits stands at i.
func plainLink(s string, i int) bool {
	end := i + linkLen
	return end <= len(s) && store.ValidLink(s[i:end]) && (end == len(s) || !hexDigit(s[end]))
}

// nibble is the value of a hexadecimal digit of either case, or 16.
func nibble(c byte) byte {
	switch {
	case c >= '0' && c <= '9':
		return c - '0'
	case c >= 'a' && c <= 'f':
		return c - 'a' + 10
	case c >= 'A' && c <= 'F':
		return c - 'A' + 10
	}
	return 16
}

// hexDigit reports whether c can stand in a link: lower case only.
func hexDigit(c byte) bool { return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' }

// tokenChar reports whether c can stand in a link, in a secret or in a part
// of a JWT.
func tokenChar(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '-' || c == '_'
}
