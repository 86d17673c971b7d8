package caddymodule

import (
	"net/url"
	"strings"
)

// queryValues are the raw values of the query parameter name. The names are
// decoded, as an upstream would; the values are not.
//
// Some upstreams take a semicolon for an ampersand. A parameter that only they
// see counts twice, so that it always makes a repeated source.
func queryValues(raw, name string) []string {
	if raw == "" {
		return nil
	}
	var values []string
	for pair := range strings.SplitSeq(raw, "&") {
		if key, value, _ := strings.Cut(pair, "="); isNamed(key, name) {
			values = append(values, value)
		}
		if strings.IndexByte(pair, ';') < 0 {
			continue
		}
		for part := range strings.SplitSeq(pair, ";") {
			if key, value, _ := strings.Cut(part, "="); isNamed(key, name) {
				values = append(values, value, "")
			}
		}
	}
	return values
}

// cutQuery takes the pairs out that give candidate to the parameter name, and
// leaves every other byte as it is. A pair behind a semicolon is one too: an
// upstream may see it, and so may the upstream of an error route.
func cutQuery(raw, name, candidate string) string {
	if !strings.Contains(raw, candidate) {
		return raw
	}
	raw = cutPairs(raw, "&", name, candidate)
	if strings.IndexByte(raw, ';') < 0 || !strings.Contains(raw, candidate) {
		return raw
	}
	pairs := strings.Split(raw, "&")
	for i, pair := range pairs {
		pairs[i] = cutPairs(pair, ";", name, candidate)
	}
	return strings.Join(pairs, "&")
}

func cutPairs(raw, separator, name, candidate string) string {
	left := make([]string, 0, strings.Count(raw, separator)+1)
	for pair := range strings.SplitSeq(raw, separator) {
		if key, value, _ := strings.Cut(pair, "="); value == candidate && isNamed(key, name) {
			continue
		}
		left = append(left, pair)
	}
	return strings.Join(left, separator)
}

// isNamed reports whether the raw key of a query pair means name.
func isNamed(key, name string) bool {
	if key == name {
		return true
	}
	if !strings.ContainsAny(key, "%+") {
		return false
	}
	plain, err := url.QueryUnescape(key)
	return err == nil && plain == name
}
