package redis

import (
	"fmt"
	"strconv"

	"github.com/linkgate/linkgate/store"
)

// clusterParts is over how many hash tags the lists of a Cluster are spread, so
// that no node carries all of them. It is a part of the format.
const clusterParts = 16

// keys are the names under which things lie. All that belongs to a token has
// its link as hash tag, so that one script can touch it on a Cluster.
type keys struct {
	prefix string
	parts  int
}

func (k keys) record(link string) string  { return k.prefix + "t:{" + link + "}" }
func (k keys) counter(link string) string { return k.prefix + "c:{" + link + "}" }
func (k keys) vault() string              { return k.prefix + "vault" }
func (k keys) epoch() string              { return k.prefix + "epoch" }
func (k keys) probe() string              { return k.prefix + "probe" }
func (k keys) seq(part int) string        { return k.prefix + "seq:{" + strconv.Itoa(part) + "}" }

// part says in which part of the lists a link stands. Links are random: their
// first digit will do.
func (k keys) part(link string) int {
	n, err := strconv.ParseUint(link[:1], 16, 8)
	if err != nil {
		return 0
	}
	return int(n) % k.parts
}

// list is the name of a part of a list: that of a campaign, or of all tokens
// where there is no issuer, and of those with the admin scope apart from the
// others.
func (k keys) list(part int, issuer string, admin bool) string {
	kind := "p"
	if admin {
		kind = "a"
	}
	name := k.prefix + "l:{" + strconv.Itoa(part) + "}:" + kind
	if issuer == "" {
		return name
	}
	return name + ":" + issuer
}

// lists are the two on which a token stands; they are the same one where it
// has no campaign.
func (k keys) lists(t *store.Token) [2]string {
	part := k.part(t.Link)
	return [2]string{k.list(part, "", t.Admin()), k.list(part, t.Issuer, t.Admin())}
}

// linkOf is the link in the name of a record, which all of them begin and end
// alike.
func (k keys) linkOf(record string) (link string, ok bool) {
	from := len(k.prefix) + len("t:{")
	if len(record) != from+store.LinkLen+1 || record[:from] != k.prefix+"t:{" {
		return "", false
	}
	return record[from : from+store.LinkLen], true
}

// member is how a token stands on its lists, in byte order that of (Created,
// Link).
func member(t *store.Token) string { return position(t) + t.Link }

// posLen is how many digits a position has.
const posLen = 16

// position is the time of creation in microseconds, in digits whose byte order
// is that of time.
func position(t *store.Token) string {
	return fmt.Sprintf("%016x", uint64(t.Created.UnixMicro())^1<<63)
}
