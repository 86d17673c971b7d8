package jwt

import (
	"strings"
	"time"
	"unicode/utf8"

	"github.com/linkgate/linkgate/store"
	"github.com/linkgate/linkgate/store/strictjson"
)

// claimNames are the claims that we read, and those of RFC 7519: another
// spelling of one of them is meant for a reader that folds case.
var claimNames = []string{"rid", "exp", "_id", "nbf", "iat", "iss", "sub", "aud", "jti"}

// decodeClaims reads a payload. Claims of other names say nothing to us.
func decodeClaims(payload []byte) (store.Claims, error) {
	members, err := strictjson.ObjectDepth(payload, maxDepth)
	if err != nil {
		return store.Claims{}, errBadPayload
	}
	var c store.Claims
	for _, m := range members {
		if err := readClaim(&c, m); err != nil {
			return store.Claims{}, err
		}
	}
	switch {
	case c.Expires.IsZero():
		return store.Claims{}, errNoExpiry
	case c.Link == "":
		return store.Claims{}, errBadLink
	case c.RID == "":
		return store.Claims{}, errBadRID
	}
	return c, nil
}

func readClaim(c *store.Claims, m strictjson.Member) (err error) {
	switch m.Name {
	case "_id":
		link, _ := strictjson.String(m.Value)
		if !store.ValidLink(link) {
			return errBadLink
		}
		c.Link = link
	case "rid":
		rid, _ := strictjson.String(m.Value)
		if !validRID(rid) {
			return errBadRID
		}
		c.RID = rid
	case "exp":
		c.Expires, err = readTime(m)
	case "nbf":
		c.NotBefore, err = readTime(m)
	case "iat":
		_, err = readTime(m)
	default:
		if misspelt(m.Name) {
			return errMisspeltClaim
		}
	}
	return err
}

// readTime accepts an integer literal only: 1.5 and 1e9 are times to some
// readers and none to others.
func readTime(m strictjson.Member) (time.Time, error) {
	seconds, ok := strictjson.Integer(m.Value)
	if !ok || !validTime(seconds) {
		return time.Time{}, errBadTime
	}
	return time.Unix(seconds, 0).UTC(), nil
}

// afterTime is the first second of the year 10000, which RFC 3339 cannot write.
const afterTime = 253402300800

func validTime(seconds int64) bool { return seconds > 0 && seconds < afterTime }

const maxRID = 256

// validRID reports whether rid can be a requester: it goes into a header for
// the upstream.
func validRID(rid string) bool {
	if rid == "" || len(rid) > maxRID || !utf8.ValidString(rid) {
		return false
	}
	for i := range len(rid) {
		if rid[i] < ' ' || rid[i] == 0x7f {
			return false
		}
	}
	return true
}

// misspelt reports whether name is a claim of ours in different case, as
// Unicode folds it: ſ is an s.
func misspelt(name string) bool {
	for _, known := range claimNames {
		if name != known && strings.EqualFold(name, known) {
			return true
		}
	}
	return false
}
