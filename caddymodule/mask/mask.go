// Package mask puts short fingerprints in the place of the tokens that stand
// inside a text, so that a log can be read, searched and handed on without
// giving anyone a link that works.
package mask

import "strings"

// Text returns s with a fingerprint in the place of everything that opens a
// gate or the API, and with all else as it was:
//
//	a link          /mytag/48851f26b437494fb4661dcdb2c8d004/a.css   →  /mytag/link:afd18269/a.css
//	a JWT           Bearer eyJ0eXAi….eyJyaWQi….nAdnSEVe…            →  Bearer jwt:afd18269
//	a credential    48851f26b437494fb4661dcdb2c8d004.<secret>       →  credential:afd18269
//	a bare secret   ?access_token=<secret>&page=2                   →  ?access_token=REDACTED&page=2
//
// All forms of one token have one fingerprint, see [Fingerprint].
//
// A link is exactly 32 lower-case hexadecimal digits that are no part of a
// longer run of them: a SHA-256 sum stays, whereas an MD5 sum or a trace id
// cannot be told from a link and goes. Characters may be percent-encoded.
// Text takes time in proportion to the length of s.
func Text(s string) string {
	m := masker{s: s}
	for i := 0; i < len(s); {
		c, width := at(s, i)
		if start, hidden := linkInEscape(s, i, width); hidden {
			i = m.run(start, runEnd(s, start))
			continue
		}
		if !tokenChar(c) {
			i += width
			continue
		}
		i = m.run(i, runEnd(s, i))
	}
	return m.text()
}

// A masker copies a text and leaves the secrets out.
type masker struct {
	s     string
	out   strings.Builder
	taken int // s[:taken] is in out, or was replaced
}

// replace puts label in the place of s[from:to].
func (m *masker) replace(from, to int, label string) {
	m.out.WriteString(m.s[m.taken:from])
	m.out.WriteString(label)
	m.taken = to
}

func (m *masker) text() string {
	if m.taken == 0 {
		return m.s
	}
	m.out.WriteString(m.s[m.taken:])
	return m.out.String()
}

// run masks what stands in s[from:end], a longest run of token characters,
// and returns where to go on: behind end where a secret reached further.
func (m *masker) run(from, end int) int {
	if to, ok := parameter(m.s, from, end); ok {
		m.replace(end+1, to, "REDACTED")
		return to
	}
	if j, ok := findJWT(m.s, from, end); ok {
		m.links(from, j.start)
		m.replace(j.start, j.end, "jwt:"+j.fingerprint(m.s))
		return j.end
	}
	return m.links(from, end)
}

// links masks the links and credentials in s[from:end] and returns where to
// go on.
func (m *masker) links(from, end int) int {
	for i := from; i < end; {
		c, width := at(m.s, i)
		start, hidden := linkInEscape(m.s, i, width)
		switch {
		case hidden:
			m.replace(start, start+linkLen, label("link:", m.s[start:start+linkLen]))
			i = start + linkLen
		case hexDigit(c):
			i = m.digits(i, end)
		default:
			i += width
		}
	}
	return max(end, m.taken)
}

// digits masks the run of hexadecimal digits at from if it is a link, and
// returns its end. A secret that follows the link goes with it.
func (m *masker) digits(from, end int) int {
	to, n := from, 0
	for to < end {
		c, width := at(m.s, to)
		if !hexDigit(c) {
			break
		}
		if _, hidden := linkInEscape(m.s, to, width); hidden {
			break
		}
		to += width
		n++
	}
	if n != linkLen {
		return to
	}
	link := decode(m.s[from:to])
	if stop, ok := secretAfter(m.s, to); ok {
		m.replace(from, stop, label("credential:", link))
		return stop
	}
	m.replace(from, to, label("link:", link))
	return to
}

func label(kind, link string) string { return kind + Fingerprint(link) }
