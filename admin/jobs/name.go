package jobs

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
)

// A name is what a job is called in the vault: the digest of its owner, a
// slash, and that of owner and key. Neither can be read back from it.
type name string

func newName(owner, key string) name {
	return name(digest("owner", owner) + "/" + digest("key", owner, key))
}

// digest is 128 bits of SHA-256 over texts, none of which can pass for a part
// of its neighbour.
func digest(texts ...string) string {
	h := sha256.New()
	for _, text := range texts {
		fmt.Fprintf(h, "%d:%s", len(text), text)
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

func (n name) sameOwner(other name) bool {
	mine, _, _ := strings.Cut(string(n), "/")
	theirs, _, _ := strings.Cut(string(other), "/")
	return mine == theirs
}

func (n name) job() string { return jobPrefix + string(n) }
func (n name) end() string { return endPrefix + string(n) }

// marks is what the names of all marks begin with.
func (n name) marks() string { return markPrefix + string(n) + "/" }

// A page of marks is what is read at once: those of a million rows, which are
// some thousand.
const pageBits = 20

// page is what the names of the marks in one page begin with.
func (n name) page(page int64) string { return fmt.Sprintf("%s%011x/", n.marks(), page) }

// mark is the name of the mark behind a row. Names sort by row.
func (n name) mark(row int64) string {
	return fmt.Sprintf("%s%05x", n.page(row>>pageBits), row&(1<<pageBits-1))
}
