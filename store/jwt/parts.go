package jwt

import (
	"encoding/base64"
	"strings"
)

// maxLen is the length of the longest JWT that is looked at. Ours stay below
// 1.5 KiB with the longest kid and rid.
const maxLen = 4 << 10

// parts are the three parts of a JWT as they were sent.
type parts struct{ header, payload, signature string }

// split takes a JWT apart. The alphabet is checked here because base64 decoders
// skip line breaks without a word, in strict mode too.
func split(raw string) (parts, error) {
	if len(raw) > maxLen {
		return parts{}, errTooLong
	}
	header, rest, _ := strings.Cut(raw, ".")
	payload, signature, ok := strings.Cut(rest, ".")
	if !ok || strings.Contains(signature, ".") {
		return parts{}, errNotThreeParts
	}
	for i := range len(raw) {
		if !inAlphabet(raw[i]) && raw[i] != '.' {
			return parts{}, errBadCharacter
		}
	}
	return parts{header: header, payload: payload, signature: signature}, nil
}

func inAlphabet(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_'
}

// strict accepts one spelling of each sequence of bytes: the bits behind the
// last byte have to be zero.
var strict = base64.RawURLEncoding.Strict()

// decode returns header and payload of a JWT all of whose parts are canonical.
func (p parts) decode() (header, payload []byte, err error) {
	if header, err = strict.DecodeString(p.header); err != nil {
		return nil, nil, errNotCanonical
	}
	if payload, err = strict.DecodeString(p.payload); err != nil {
		return nil, nil, errNotCanonical
	}
	if len(p.signature) > signatureLen {
		return nil, nil, errWrongSignature
	}
	var room [signatureLen]byte
	if _, err = strict.Decode(room[:], []byte(p.signature)); err != nil {
		return nil, nil, errNotCanonical
	}
	return header, payload, nil
}
