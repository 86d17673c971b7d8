// Package flexport reads the tokens that a Flextype application has, as it
// keeps them or as its API lists them, one after the other. It knows files; what
// the fields of an entry mean, and which of them can be taken over, is for
// whoever gets the rows.
//
// Three forms are read:
//
//   - a directory with one directory for each token: <id>/token.yaml, as in
//     project/entries/tokens
//   - one such token.yaml
//   - a JSON file: a list of records, an object of records by "tokens/<id>", or
//     one record
package flexport

import (
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"strings"

	"github.com/linkgate/linkgate/admin/rows"
)

// MaxEntry is the most bytes of an entry, in the file as well as in its row.
const MaxEntry = rows.MaxRow

// entryFile is the file in which Flextype keeps a token.
const entryFile = "token.yaml"

// errTooLong is the error of an entry over MaxEntry.
var errTooLong = fmt.Errorf("is over %d bytes", MaxEntry)

// An Entry is one token of an export.
type Entry struct {
	// Name says where the entry stands. It can hold the id, which is a secret.
	Name string

	// Row is the entry as a JSON object on one line, with its id.
	Row json.RawMessage

	// Err says why there is no row. It quotes nothing of the entry.
	Err error
}

// Entries are the tokens of the export at path. What is wrong with an entry is
// part of it and does not keep the next one from being read; an error beside
// it is one of the export as a whole, and the last that comes. There is one
// entry in memory at a time.
func Entries(path string) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		if err := read(path, func(e Entry) bool { return yield(e, nil) }); err != nil && !errors.Is(err, errStopped) {
			yield(Entry{}, err)
		}
	}
}

// errStopped ends the reading for one who wants no more entries.
var errStopped = errors.New("stopped")

// A sink takes an entry, and returns false where it wants no more.
type sink func(Entry) bool

// give hands an entry on.
func (s sink) give(e Entry) error {
	if !s(e) {
		return errStopped
	}
	return nil
}

// read finds out which form an export has, and reads it.
func read(path string, to sink) error {
	// Clean, so that the name of a directory is its last part.
	path = filepath.Clean(path)
	info, err := os.Stat(path)
	if err != nil {
		return fmt.Errorf("opening the export: %w", err)
	}
	switch extension := strings.ToLower(filepath.Ext(path)); {
	case info.IsDir():
		return readDirectory(path, to)
	case !info.Mode().IsRegular():
		return errors.New("the export is neither a directory nor a file")
	case extension == ".yaml" || extension == ".yml":
		return readOne(path, to)
	case extension == ".json":
		return readJSON(path, to)
	}
	return errors.New("the export is no directory and its name ends neither in .yaml nor in .json")
}
