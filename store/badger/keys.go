package badger

import (
	"encoding/binary"
	"encoding/hex"
	"time"

	"github.com/linkgate/linkgate/store"
)

const (
	idLen  = store.LinkLen / 2
	posLen = 8 + idLen
)

// The keys that stand alone.
var (
	formatKey   = []byte("f")
	identityKey = []byte("m")
	probeKey    = []byte("p")
	traceKey    = []byte("x")
)

// An id is a link as bytes: half as long as its digits, and in their order.
type id [idLen]byte

// parseID reports false where link is not one.
func parseID(link string) (id, bool) {
	var out id
	if !store.ValidLink(link) {
		return out, false
	}
	_, err := hex.Decode(out[:], []byte(link))
	return out, err == nil
}

func (i id) recordKey() []byte  { return append([]byte("t/"), i[:]...) }
func (i id) counterKey() []byte { return append([]byte("c/"), i[:]...) }

// journalPrefix is what the keys of the journal start with.
const journalPrefix = "j/"

// journalKey is the place in the ring of the value with that turn.
func journalKey(turn uint64) []byte { return append([]byte(journalPrefix), byte(turn%journalLen)) }

// A pos is the place of a record in the order of creation. As bytes it sorts
// by time, then by link.
type pos [posLen]byte

func newPos(created time.Time, i id) pos {
	var p pos
	// Flipping the sign bit puts times before 1970 in front.
	binary.BigEndian.PutUint64(p[:], uint64(created.UnixMicro())^(1<<63))
	copy(p[8:], i[:])
	return p
}

func (p pos) id() id { return id(p[8:]) }

// indexPrefix is what the index keys of a campaign start with; those of all
// campaigns where it is empty. The length in front keeps "a" and "a/b", or
// any two campaigns, apart.
func indexPrefix(issuer string) []byte {
	if issuer == "" {
		return []byte("a/")
	}
	out := binary.BigEndian.AppendUint16([]byte("i/"), uint16(len(issuer)))
	return append(out, issuer...)
}

func indexKey(issuer string, p pos) []byte { return append(indexPrefix(issuer), p[:]...) }

// totalKey counts the tokens of a campaign; all tokens where it is empty.
func totalKey(issuer string) []byte { return append([]byte("n/"), issuer...) }

func vaultKey(name string) []byte { return append([]byte("v/"), name...) }
