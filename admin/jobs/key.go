package jobs

import (
	"errors"
	"strings"
)

// maxKey is the most characters of an Idempotency-Key.
const maxKey = 255

// ErrKey is the error of an Idempotency-Key that cannot be read.
var ErrKey = errors.New("must be one quoted string, or one word, of 1 to 255 printable ASCII characters")

// ParseKey reads the values of the header Idempotency-Key: a string as RFC 8941
// has it, in quotes; or, as many programs write it, the same without quotes. The
// key is empty where there is no such header.
func ParseKey(values []string) (string, error) {
	if len(values) == 0 {
		return "", nil
	}
	text := strings.Trim(values[0], " \t")
	key, quoted := strings.CutPrefix(text, `"`)
	if quoted {
		var ok bool
		if key, ok = unquote(key); !ok {
			return "", ErrKey
		}
	} else if strings.ContainsAny(text, "\", \t;") {
		return "", ErrKey
	}
	if len(values) > 1 || key == "" || len(key) > maxKey || strings.ContainsFunc(key, unprintable) {
		return "", ErrKey
	}
	return key, nil
}

// unquote reads the rest of a string behind its first quote.
func unquote(text string) (string, bool) {
	var out strings.Builder
	for i := 0; i < len(text); i++ {
		switch c := text[i]; c {
		case '"':
			return out.String(), i == len(text)-1
		case '\\':
			i++
			if i == len(text) || text[i] != '"' && text[i] != '\\' {
				return "", false
			}
			out.WriteByte(text[i])
		default:
			out.WriteByte(c)
		}
	}
	return "", false
}

func unprintable(r rune) bool { return r < ' ' || r > '~' }
