package flexport

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/linkgate/linkgate/store/strictjson"
)

// keyPrefix stands before the id where Flextype lists records as an object.
const keyPrefix = "tokens/"

// errNoJSON is the error of what is no JSON.
var errNoJSON = errors.New("is no JSON that can be read")

// readJSON reads what the API of Flextype lists, or of Linkgate.
func readJSON(name string, to sink) error {
	f, err := os.Open(name)
	if err != nil {
		return fmt.Errorf("opening the export: %w", err)
	}
	defer f.Close()
	return readRecords(f, name, to)
}

// readRecords reads a list, an object of records, or one record.
func readRecords(r io.ReadSeeker, name string, to sink) error {
	l := &listing{ration: ration{Reader: r, left: maxRead}, name: name, to: to}
	l.Decoder = json.NewDecoder(&l.ration)
	begin, err := l.Token()
	switch {
	case err != nil:
		return l.broken(err)
	case begin == json.Delim('['):
		return l.records(func() (string, error) { return "", nil })
	case begin != json.Delim('{'):
		return errors.New("the export is neither a list of records nor an object")
	}
	if !l.More() {
		return errors.New("the export has no records")
	}
	first, err := l.key()
	switch {
	case err != nil:
		return l.broken(err)
	case strings.HasPrefix(first, keyPrefix):
		return l.keyed(first)
	}
	if _, err := r.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("reading the export: %w", err)
	}
	return one(r, name, to)
}

// one reads an export that is one record.
func one(r io.Reader, name string, to sink) error {
	text, err := io.ReadAll(io.LimitReader(r, MaxEntry+1))
	e := Entry{Name: name}
	switch {
	case err != nil:
		return fmt.Errorf("reading the export: %w", err)
	case len(text) > MaxEntry:
		e.Err = errTooLong
	default:
		e.Row, e.Err = record("", text)
	}
	return to.give(e)
}

// record makes the row of a record that is kept under an id.
func record(id string, text json.RawMessage) (json.RawMessage, error) {
	members, err := strictjson.Object(text)
	if err != nil {
		return nil, err
	}
	return row(id, members)
}

// A listing is a file of many records on its way.
type listing struct {
	*json.Decoder
	ration ration
	name   string
	to     sink
	whole  int // records that were read
}

// key reads the name of a member.
func (l *listing) key() (string, error) {
	token, err := l.Token()
	name, _ := token.(string)
	return name, err
}

// keyed reads an object of records of which the first name was read.
func (l *listing) keyed(first string) error {
	return l.records(func() (string, error) {
		key := first
		if key == "" {
			var err error
			if key, err = l.key(); err != nil {
				return "", err
			}
		}
		first = ""
		id, ok := strings.CutPrefix(key, keyPrefix)
		if !ok || id == "" {
			return "", errOtherKey
		}
		return id, nil
	})
}

// errOtherKey is the error of a name in an object of records that is no id.
var errOtherKey = fmt.Errorf("its name does not begin with %s", keyPrefix)

// records reads record after record, each after the id that it is kept under.
func (l *listing) records(id func() (string, error)) error {
	for l.More() {
		e := Entry{Name: fmt.Sprintf("%s, record %d", l.name, l.whole+1)}
		under, err := id()
		if err != nil && !errors.Is(err, errOtherKey) {
			return l.broken(err)
		}
		e.Err = err
		var text json.RawMessage
		if err := l.Decode(&text); err != nil {
			return l.broken(err)
		}
		l.whole++
		l.ration.left = maxRead
		if e.Err == nil {
			e.Row, e.Err = record(under, text)
		}
		if err := l.to.give(e); err != nil {
			return err
		}
	}
	if _, err := l.Token(); err != nil { // the end of the list
		return l.broken(err)
	}
	switch _, err := l.Token(); {
	case err == nil:
		return errors.New("something stands behind the list")
	case !errors.Is(err, io.EOF):
		return l.broken(err)
	case l.whole == 0:
		return errors.New("the export has no records")
	}
	return nil
}

// broken is what is wrong with the file as a whole, without quoting it.
func (l *listing) broken(err error) error {
	where := fmt.Sprintf("behind record %d", l.whole)
	if _, ok := errors.AsType[*json.SyntaxError](err); ok || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("the export %w: %s", errNoJSON, where)
	}
	return fmt.Errorf("reading the export %s: %w", where, err)
}

// maxRead is the most bytes that are read of a file before a record of it is
// whole, so that a file of one endless record is not held in memory.
const maxRead = 16 * MaxEntry

// A ration is a reader that ends with an error where too much is read at once.
type ration struct {
	io.Reader
	left int
}

// Read implements [io.Reader].
func (r *ration) Read(p []byte) (int, error) {
	if r.left <= 0 {
		return 0, fmt.Errorf("a record is over %d bytes", maxRead)
	}
	n, err := r.Reader.Read(p[:min(len(p), r.left)])
	r.left -= n
	return n, err
}
