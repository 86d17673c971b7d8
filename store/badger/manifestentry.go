package badger

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
)

// A manifestEntry is what was last written to a MANIFEST: tables that are there
// from now on, and tables that are not.
type manifestEntry struct {
	start         int64
	adds, removes int

	// rewritten is set where there is no other entry: the file was written
	// anew, and has everything.
	rewritten bool
}

// manifestHeader is what comes before the first entry.
const manifestHeader = 8

var errManifest = errors.New("the MANIFEST is not as expected")

// lastManifestEntry reads the entry at the end. Each one is preceded by its
// length and its checksum.
func lastManifestEntry(f *os.File) (e manifestEntry, err error) {
	all, err := io.ReadAll(io.NewSectionReader(f, 0, math.MaxInt64))
	if err != nil {
		return e, fmt.Errorf("reading the MANIFEST: %w", err)
	}
	at := manifestHeader
	for {
		if len(all)-at < 8 {
			return e, errManifest
		}
		body := at + 8
		end := body + int(binary.BigEndian.Uint32(all[at:]))
		switch {
		case end > len(all):
			return e, errManifest
		case end == len(all):
			e.start, e.rewritten = int64(at), at == manifestHeader
			e.adds, e.removes, err = countChanges(all[body:])
			return e, err
		}
		at = end
	}
}

// countChanges counts in a ManifestChangeSet of Badger's manifest.proto: it
// is a list, in its field 1, of changes.
func countChanges(set []byte) (adds, removes int, err error) {
	for len(set) > 0 {
		tag, a := binary.Uvarint(set)
		size, b := binary.Uvarint(set[max(a, 0):])
		if a <= 0 || b <= 0 || tag != 1<<3|2 || size > uint64(len(set)-a-b) {
			return 0, 0, errManifest
		}
		change := set[a+b:][:size]
		set = set[a+b+int(size):]
		remove, err := isRemoval(change)
		switch {
		case err != nil:
			return 0, 0, err
		case remove:
			removes++
		default:
			adds++
		}
	}
	return adds, removes, nil
}

// isRemoval reads the field 2 of a change, which says what it does. All fields
// are numbers, and one that is 0 is left out.
func isRemoval(change []byte) (remove bool, err error) {
	for len(change) > 0 {
		tag, a := binary.Uvarint(change)
		value, b := binary.Uvarint(change[max(a, 0):])
		if a <= 0 || b <= 0 || tag&7 != 0 {
			return false, errManifest
		}
		if tag>>3 == 2 {
			remove = value == 1
		}
		change = change[a+b:]
	}
	return remove, nil
}
