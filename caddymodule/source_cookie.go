package caddymodule

import (
	"net/http"
	"strings"
)

// cookieValues are the raw values of the cookies called name.
func cookieValues(h http.Header, name string) []string {
	var values []string
	for _, line := range h["Cookie"] {
		for pair := range strings.SplitSeq(line, ";") {
			if key, value, ok := strings.Cut(strings.TrimSpace(pair), "="); ok && key == name {
				values = append(values, value)
			}
		}
	}
	return values
}

// cutCookies takes the cookies called name out of the request where drop says
// so of their value. A header line that loses nothing keeps its bytes.
func cutCookies(h http.Header, name string, drop func(value string) bool) {
	lines := h["Cookie"]
	var kept []string
	changed := false
	for _, line := range lines {
		left, cut := cutCookieLine(line, name, drop)
		changed = changed || cut
		if left != "" || !cut {
			kept = append(kept, left)
		}
	}
	switch {
	case !changed:
	case len(kept) == 0:
		delete(h, "Cookie")
	default:
		h["Cookie"] = kept
	}
}

func cutCookieLine(line, name string, drop func(string) bool) (left string, cut bool) {
	if !strings.Contains(line, name) {
		return line, false
	}
	var pairs []string
	for pair := range strings.SplitSeq(line, ";") {
		pair = strings.TrimSpace(pair)
		if key, value, ok := strings.Cut(pair, "="); ok && key == name && drop(value) {
			cut = true
			continue
		}
		if pair != "" {
			pairs = append(pairs, pair)
		}
	}
	if !cut {
		return line, false
	}
	return strings.Join(pairs, "; "), true
}
