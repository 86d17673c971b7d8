package redis

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"github.com/linkgate/linkgate/store"
)

// recordWidth is how many arguments the fields of a record are: names and
// values.
const recordWidth = 2 * 12

// fields lays a new token out as the fields of a hash. The id is drawn when a
// record is made, the version grows with each change.
func fields(t *store.Token, id, version string) ([]string, error) {
	rest, err := judged(t)
	return append([]string{"id", id, "v", version, "pos", position(t), "uid", t.UUID}, rest...), err
}

// judged are the fields that a change can change: the record without its data,
// which JSON would rewrite, the data byte for byte, and what the scripts judge
// by. Times are kept in UTC: an offset can be odd enough to be rounded in JSON.
func judged(t *store.Token) ([]string, error) {
	bare := *t
	bare.Data = nil
	bare.Created, bare.Modified, bare.Expires = t.Created.UTC(), t.Modified.UTC(), t.Expires.UTC()
	text, err := json.Marshal(&bare)
	if err != nil {
		return nil, unavailable("encoding a record", err)
	}
	return []string{
		"r", string(text), "d", string(t.Data),
		"on", flag(t.State == store.Enabled), "max", strconv.FormatInt(t.Limit, 10), "end", instant(t.Expires),
		"adm", flag(t.Admin()), "iss", t.Issuer, "rid", t.RID,
	}, nil
}

func flag(set bool) string {
	if set {
		return "1"
	}
	return "0"
}

// lastInstant stands for every time that is further away. No clock comes there.
var lastInstant = time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC)

// instant is the first whole microsecond that is not before t, or "" for none.
func instant(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return strconv.FormatInt(microsUp(t), 10)
}

func microsUp(t time.Time) int64 {
	if t.After(lastInstant) {
		t = lastInstant
	}
	n := t.UnixMicro()
	if t.Nanosecond()%1000 > 0 {
		n++
	}
	return n
}

// decodeToken reads a record. A field that it does not know is an error: a
// restriction that a newer program put on a token must not be dropped in
// silence by an older one.
func decodeToken(link, text, data string) (*store.Token, error) {
	var t store.Token
	d := json.NewDecoder(strings.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&t); err != nil {
		// The decoder's own words may quote the record.
		return nil, damaged("a record cannot be decoded")
	}
	if t.Link != link {
		return nil, damaged("a record stands under another link")
	}
	if data != "" {
		t.Data = json.RawMessage(data)
	}
	return &t, nil
}

func decodeCounter(text string) (int64, error) {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 {
		return 0, damaged("a counter is no number of uses")
	}
	return n, nil
}
