package store

import (
	"net/url"
	"slices"
	"strings"
)

// under reports whether host and the escaped path lie under base: the same
// host and port, the scheme set aside, and whole path segments.
func under(base, host, path string) bool {
	u, err := url.Parse(base)
	if err != nil || u.Host == "" {
		return false
	}
	if !strings.EqualFold(withoutDefaultPort(u.Host), withoutDefaultPort(host)) {
		return false
	}
	want, got := segments(u.EscapedPath()), segments(path)
	if len(got) < len(want) {
		return false
	}
	return slices.Equal(want, got[:len(want)]) && !slices.ContainsFunc(got, climbs)
}

// climbs reports whether an upstream could read more than one segment into s,
// or leave the path by it. Where strict_path is off, such a path lies nowhere.
func climbs(s string) bool {
	return s == "." || s == ".." || strings.ContainsAny(s, "/\\\x00")
}

// withoutDefaultPort drops the ports of http and https: as the scheme does
// not count, neither does its port.
func withoutDefaultPort(host string) string {
	host = strings.TrimSuffix(host, ":80")
	return strings.TrimSuffix(host, ":443")
}

// segments splits an escaped path, each segment decoded on its own so that an
// encoded slash stays inside its segment. A slash at the end adds nothing.
func segments(escaped string) []string {
	var out []string
	for s := range strings.SplitSeq(strings.Trim(escaped, "/"), "/") {
		if s == "" {
			continue
		}
		if plain, err := url.PathUnescape(s); err == nil {
			s = plain
		}
		out = append(out, s)
	}
	return out
}
