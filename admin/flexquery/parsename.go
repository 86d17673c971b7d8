package flexquery

import "strings"

// A nameKey is one step of a name.
type nameKey struct {
	text string

	// next stands for the next free index, that of `[]`.
	next bool

	// forged is a key at which the whole name ends without effect.
	forged bool
}

// mangle makes of a name what PHP can use as the name of a variable.
var mangle = strings.NewReplacer(" ", "_", ".", "_", "[", "_")

// splitName splits a decoded name at its brackets. A name that PHP throws away
// is not ok.
func splitName(name string) (path []nameKey, ok bool, err error) {
	name, _, _ = strings.Cut(name, "\x00")
	name = strings.TrimLeft(name, " ")
	base, rest, nested := strings.Cut(name, "[")
	plain := mangle.Replace(base)
	if plain == "" {
		return nil, false, nil
	}
	path = append(path, nameKey{text: plain, forged: forged(name, plain)})
	for nested {
		if len(path) > MaxDepth {
			return nil, false, ErrTooDeep
		}
		key, after, closed := strings.Cut(rest, "]")
		if !closed {
			return unclosed(path, rest), true, nil
		}
		if len(key) == 1 && isSpace(key[0]) {
			key = ""
		}
		path = append(path, nameKey{text: key, next: key == "", forged: forged(name, key)})
		rest, nested = strings.CutPrefix(after, "[")
	}
	return path, true, nil
}

// unclosed is what becomes of a name with a bracket that nothing closes: the
// first one is no bracket then but part of the name, a later one is dropped
// with all behind it.
func unclosed(path []nameKey, rest string) []nameKey {
	if len(path) == 1 {
		path[0].text += "_" + mangle.Replace(rest)
	}
	return path
}

// forged reports whether a key has one of the prefixes that browsers guard in
// the names of cookies, and the name that it comes from has not: PHP stops at
// such a key.
func forged(name, key string) bool {
	for _, guarded := range []string{"__Host-", "__Secure-"} {
		if strings.HasPrefix(key, guarded) && !strings.HasPrefix(name, guarded) {
			return true
		}
	}
	return false
}

// isSpace is C's isspace.
func isSpace(c byte) bool { return c == ' ' || '\t' <= c && c <= '\r' }
