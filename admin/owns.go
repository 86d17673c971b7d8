package admin

import (
	"net/url"
	"strings"
)

// base is the path that everything of the API lies below.
const base = "/api/v1/"

// roots are the names below base that belong to the API, with all that lies
// below them.
var roots = [...]string{"token", "tokens", "health", "openapi.json"}

// Owns reports whether a request to the escaped path belongs to the API. All
// else is the next handler's. The path is compared segment by segment as RFC
// 3986 has it: %74oken is token, an encoded slash is part of its segment, and
// a path that only climbs to the API over dot segments is not ours.
func Owns(path string) bool {
	for _, root := range roots {
		if below(path, root) {
			return true
		}
	}
	return false
}

// below reports whether the escaped path is base + root or lies below it.
func below(path, root string) bool {
	for want := range strings.SplitSeq(strings.TrimPrefix(base, "/")+root, "/") {
		var ok bool
		if path, ok = cutSegment(path, want); !ok {
			return false
		}
	}
	return true
}

// cutSegment takes "/want" off the front of path, if it stands there as a
// whole segment in any encoding.
func cutSegment(path, want string) (rest string, ok bool) {
	path, ok = strings.CutPrefix(path, "/")
	if !ok {
		return "", false
	}
	segment, rest := path, ""
	if i := strings.IndexByte(path, '/'); i >= 0 {
		segment, rest = path[:i], path[i:]
	}
	plain, err := url.PathUnescape(segment)
	return rest, err == nil && plain == want
}
