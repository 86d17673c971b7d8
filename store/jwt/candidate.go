package jwt

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"strings"
)

// maxCandidate is the length of the longest text that can be a candidate. It
// is above what Verify reads, so that a token that is somewhat too long is
// refused rather than handed on.
const maxCandidate = 16 << 10

// Candidate reports whether raw is meant to be the JWT of a link token: three
// parts, the first a JSON object in base64url and the second one that has the
// member _id. Everything else belongs to the upstream.
//
// It is lenient on purpose. What looks like a token to some reader is for
// [Keyring.Verify] to refuse: padding, bits behind the last byte, any alg or
// none, members that stand twice, invalid UTF-8, an _id that is no link.
func Candidate(raw string) bool {
	header, payload, ok := cutCandidate(raw)
	if !ok {
		return false
	}
	var room [512]byte
	if text, ok := decodeLoosely(room[:0], header); !ok || !startsObject(text) || !json.Valid(text) {
		return false
	}
	text, ok := decodeLoosely(nil, payload)
	return ok && startsObject(text) && hasID(text)
}

// cutCandidate turns away what costs nothing to tell: nearly everything.
func cutCandidate(raw string) (header, payload string, ok bool) {
	if raw == "" || len(raw) > maxCandidate {
		return "", "", false
	}
	// The first characters of `{`, space, tab or line feed, and carriage
	// return in base64: nothing else starts a JSON object.
	switch raw[0] {
	case 'e', 'I', 'C', 'D':
	default:
		return "", "", false
	}
	header, rest, _ := strings.Cut(raw, ".")
	payload, signature, ok := strings.Cut(rest, ".")
	return header, payload, ok && !strings.Contains(signature, ".")
}

// decodeLoosely appends what some reader could decode from a part.
func decodeLoosely(room []byte, part string) (text []byte, ok bool) {
	text, err := base64.RawURLEncoding.AppendDecode(room, []byte(strings.TrimRight(part, "=\r\n")))
	return text, err == nil
}

func startsObject(text []byte) bool {
	text = bytes.TrimLeft(text, " \t\r\n")
	return len(text) > 0 && text[0] == '{'
}

// hasID reports whether a JSON object has the member _id, however that is
// spelled in JSON. An upstream's own JWT ends at the first line.
func hasID(text []byte) bool {
	if !bytes.Contains(text, []byte(`_id"`)) && !bytes.ContainsRune(text, '\\') {
		return false
	}
	var members map[string]ignored
	if json.Unmarshal(text, &members) != nil {
		return false
	}
	_, ok := members["_id"]
	return ok
}

// ignored is a JSON value that is not looked at.
type ignored struct{}

// UnmarshalJSON implements json.Unmarshaler.
func (*ignored) UnmarshalJSON([]byte) error { return nil }
