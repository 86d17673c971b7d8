package mask

import (
	"encoding/base64"
	"encoding/json"
	"strings"

	"github.com/linkgate/linkgate/store"
)

// minTelling is the length of the shortest payload that holds a link:
// {"_id":"<link>"} in base64. One of that length is masked even where the
// signature was cut off, because it still tells the link.
const minTelling = ((len(`{"_id":""}`)+linkLen)*8 + 5) / 6

// A jwt is the place of a JWT in a text.
type jwt struct{ start, payload, payloadEnd, end int }

// findJWT finds the JWT whose header ends the run s[from:end]. It need not
// begin the run: "x-eyJ…" is the letter x, a dash and a JWT.
func findJWT(s string, from, end int) (jwt, bool) {
	j := jwt{start: from}
	payload, ok := skip(s, padding(s, end), '.')
	if !ok || !jsonObject(s, payload) || store.ValidLink(s[from:end]) {
		return j, false
	}
	if !jsonObject(s, from) {
		n := strings.Index(s[from:end], "eyJ")
		if n < 0 {
			return j, false
		}
		j.start += n
	}
	j.payload, j.payloadEnd = payload, runEnd(s, payload)
	j.end = padding(s, j.payloadEnd)
	if signature, ok := skip(s, j.end, '.'); ok {
		j.end = padding(s, runEnd(s, signature))
		return j, true
	}
	return j, j.payloadEnd-payload >= minTelling
}

// fingerprint is that of the link inside, so that link and JWT of one token
// can be found together; that of the whole JWT where there is no link. The
// signature is not looked at: a forged JWT shows the link that it claims.
func (j jwt) fingerprint(s string) string {
	var claims struct {
		Link string `json:"_id"`
	}
	raw, err := base64.RawURLEncoding.DecodeString(decode(s[j.payload:j.payloadEnd]))
	if err == nil && json.Unmarshal(raw, &claims) == nil && store.ValidLink(claims.Link) {
		return Fingerprint(claims.Link)
	}
	return Fingerprint(decode(s[j.start:j.end]))
}

// jsonObject reports whether base64 that starts at i decodes to an opening
// brace.
func jsonObject(s string, i int) bool {
	second, ok := skip(s, i, 'e')
	if !ok || second >= len(s) {
		return false
	}
	c, _ := at(s, second)
	return c >= 'w' && c <= 'z' || c >= '0' && c <= '9' || c == '-' || c == '_'
}

// padding returns the position behind the base64 padding at i. Nobody should
// write it in a JWT; what reads leniently takes it all the same.
func padding(s string, i int) int {
	for range 2 {
		next, ok := skip(s, i, '=')
		if !ok {
			break
		}
		i = next
	}
	return i
}
