package flexquery

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"iter"
	"strings"

	"github.com/linkgate/linkgate/store/strictjson"
)

// A Record is one object of the list, as the caller may see it.
type Record struct {
	// ID names the record in its [Source]. It is not shown unless it is one
	// of the fields too.
	ID string

	// Fields are the members of the object in the order in which they are
	// shown, with values byte for byte as they are shown.
	Fields []strictjson.Member
}

// AppendJSON appends the record as a JSON object.
func (r Record) AppendJSON(to []byte) []byte {
	to = append(to, '{')
	for i, field := range r.Fields {
		if i > 0 {
			to = append(to, ',')
		}
		to = appendText(to, field.Name)
		to = append(to, ':')
		to = append(to, field.Value...)
	}
	return append(to, '}')
}

// A Source is where the records of a query come from.
type Source interface {
	// Records yields all records in the order of their creation. An error
	// ends the list, and the query with it. It may be called several
	// times in a query.
	Records(ctx context.Context) iter.Seq2[Record, error]

	// Record reads one of them again, or returns an error that wraps
	// [ErrGone] where it is not there any more.
	Record(ctx context.Context, id string) (Record, error)
}

// ErrGone is what a [Source] says of a record that was there before.
var ErrGone = errors.New("the record is gone")

// appendText appends a text as JSON, with nothing escaped that need not be.
func appendText(to []byte, text string) []byte {
	if !strings.ContainsFunc(text, special) {
		to = append(to, '"')
		to = append(to, text...)
		return append(to, '"')
	}
	var quoted bytes.Buffer
	encoder := json.NewEncoder(&quoted)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(text); err != nil { // every string can be written
		return append(to, `""`...)
	}
	return append(to, bytes.TrimSuffix(quoted.Bytes(), []byte("\n"))...)
}

// special reports whether a character of a JSON text may need care.
func special(c rune) bool { return c < ' ' || c > '~' || c == '"' || c == '\\' }
