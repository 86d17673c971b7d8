package mask

import "strings"

// minSecret is the shortest run behind "<link>." that is taken for a secret.
// What is shorter is rather the end of a file name; no secret is that short.
const minSecret = 8

// secretAfter returns the end of the secret that follows a link which ends at
// i, as in "<link>.<secret>".
func secretAfter(s string, i int) (end int, ok bool) {
	start, dot := skip(s, i, '.')
	if !dot {
		return 0, false
	}
	end = runEnd(s, start)
	return end, len(decode(s[start:end])) >= minSecret
}

// parameter reports whether s[from:end] is the name of the query parameter
// that carries a bare secret, and returns the end of its value.
func parameter(s string, from, end int) (to int, ok bool) {
	if end == len(s) || s[end] != '=' || decode(s[from:end]) != "access_token" {
		return 0, false
	}
	if n := strings.IndexAny(s[end:], "&;# \t\r\n\"'<>"); n >= 0 {
		return end + n, true
	}
	return len(s), true
}
