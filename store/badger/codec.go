package badger

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"

	"github.com/linkgate/linkgate/store"
)

// encodeToken lays a token out as its JSON without the data, the length of
// that in front, and then the data byte for byte: as a part of the JSON it
// would be rewritten. Times are kept in UTC: an offset can be odd enough to be
// rounded in JSON.
func encodeToken(t *store.Token) ([]byte, error) {
	bare := *t
	bare.Data = nil
	bare.Created, bare.Modified, bare.Expires = t.Created.UTC(), t.Modified.UTC(), t.Expires.UTC()
	text, err := json.Marshal(&bare)
	if err != nil {
		return nil, fmt.Errorf("encoding a record: %w", err)
	}
	out := make([]byte, 0, 4+len(text)+len(t.Data))
	out = binary.BigEndian.AppendUint32(out, uint32(len(text)))
	out = append(out, text...)
	return append(out, t.Data...), nil
}

// decodeToken copies all it needs out of body. A field that it does not know
// is an error: a restriction that a newer program put on a token must not be
// dropped in silence by an older one.
func decodeToken(body []byte) (*store.Token, error) {
	if len(body) < 4 {
		return nil, corrupt("a record is too short")
	}
	n, rest := int(binary.BigEndian.Uint32(body)), body[4:]
	if n > len(rest) {
		return nil, corrupt("a record is cut off")
	}
	t, own := decodeOwn(rest[:n])
	if !own {
		var err error
		if t, err = decodeJSON(rest[:n]); err != nil {
			return nil, err
		}
	}
	if data := rest[n:]; len(data) > 0 {
		t.Data = bytes.Clone(data)
	}
	return t, nil
}

// decodeJSON reads the JSON of a token in any form.
func decodeJSON(text []byte) (*store.Token, error) {
	var t store.Token
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&t); err != nil {
		// The decoder's own words may quote the record.
		return nil, corrupt("a record cannot be decoded")
	}
	return &t, nil
}

// counterLen makes a sealed counter 16 bytes long: eight for the number, and
// three that are zero until a later format needs them.
const counterLen = 8 + 3

func encodeCounter(n int64) []byte {
	return binary.BigEndian.AppendUint64(make([]byte, 0, counterLen), uint64(n))[:counterLen]
}

func decodeCounter(body []byte) (int64, error) {
	if len(body) != counterLen || !bytes.Equal(body[8:], make([]byte, counterLen-8)) {
		return 0, corrupt("a counter has another length or layout")
	}
	n := binary.BigEndian.Uint64(body)
	if n > math.MaxInt64 {
		return 0, corrupt("a counter is out of range")
	}
	return int64(n), nil
}

// A total is a number of tokens: those that hold the admin scope apart from
// the others, because most lists leave them out.
type total struct{ plain, admin int64 }

func (t total) plus(more total) total { return total{t.plain + more.plain, t.admin + more.admin} }

// of is the number of tokens that a list shows.
func (t total) of(withAdmins bool) int64 {
	if withAdmins {
		return t.plain + t.admin
	}
	return t.plain
}

func (t total) encode() []byte {
	out := binary.BigEndian.AppendUint64(nil, uint64(t.plain))
	return binary.BigEndian.AppendUint64(out, uint64(t.admin))
}

func decodeTotal(body []byte) (total, error) {
	if len(body) != 16 {
		return total{}, corrupt("a total has another length")
	}
	t := total{int64(binary.BigEndian.Uint64(body)), int64(binary.BigEndian.Uint64(body[8:]))}
	if t.plain < 0 || t.admin < 0 {
		return total{}, corrupt("a total is negative")
	}
	return t, nil
}
