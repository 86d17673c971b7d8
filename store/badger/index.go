package badger

import (
	engine "github.com/dgraph-io/badger/v4"

	"github.com/linkgate/linkgate/store"
)

// metaAdmin marks the index keys of records that hold the admin scope, so
// that a list can leave them out without loading them.
const metaAdmin byte = 1

// addToIndex lists t among all tokens and those of its campaign.
func addToIndex(txn *engine.Txn, i id, t *store.Token) error {
	d := drafts{totals: map[string]total{}}
	d.list(i, t)
	return d.write(txn)
}

// shifts are the places of t on its lists, as they come; as they go where by is
// negative.
func shifts(i id, t *store.Token, by int64) []shift {
	more := total{plain: by}
	if t.Admin() {
		more = total{admin: by}
	}
	names := lists(t)
	out := make([]shift, 0, len(names))
	for _, issuer := range names {
		out = append(out, shift{list: issuer, at: newPos(t.Created, i), more: more})
	}
	return out
}

// removeFromIndex takes t out of the lists again.
func removeFromIndex(txn *engine.Txn, i id, t *store.Token) error {
	for _, m := range shifts(i, t, -1) {
		if err := txn.Delete(indexKey(m.list, m.at)); err != nil {
			return err
		}
		if err := count(txn, m.list, m.more); err != nil {
			return err
		}
	}
	return nil
}

// lists are the names of the lists that t is on. The empty name stands for
// the list of all, so a token without a campaign is on that one only.
func lists(t *store.Token) []string {
	if t.Issuer == "" {
		return []string{""}
	}
	return []string{"", t.Issuer}
}

// count adds to the total of a list, and forgets it at zero.
func count(txn *engine.Txn, issuer string, more total) error {
	t, err := getTotal(txn, issuer)
	if err != nil {
		return err
	}
	t = t.plus(more)
	switch {
	case t.plain < 0 || t.admin < 0:
		return corrupt("a total is too small")
	case t == total{}:
		return txn.Delete(totalKey(issuer))
	}
	return set(txn, totalKey(issuer), t.encode())
}
