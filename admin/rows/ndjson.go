package rows

import (
	"bytes"
	"errors"
	"io"

	"github.com/linkgate/linkgate/store/strictjson"
)

// NDJSON reads one JSON object from each line.
type NDJSON struct {
	lines  lines
	number int64
}

// NewNDJSON returns a reader of r.
func NewNDJSON(r io.Reader) *NDJSON { return &NDJSON{lines: newLines(r)} }

// Next implements [Reader].
func (n *NDJSON) Next() (Row, error) {
	for {
		text, err := n.lines.next()
		if err != nil && !errors.Is(err, ErrTooLong) {
			return Row{}, err
		}
		if err == nil && len(bytes.Trim(text, " \t\r")) == 0 {
			continue
		}
		n.number++
		row := Row{Number: n.number, Text: text, Err: err}
		if err == nil {
			row.Members, row.Err = strictjson.Object(text)
		}
		return row, nil
	}
}

// Head implements [Reader].
func (n *NDJSON) Head() string { return "ndjson" }

var _ Reader = (*NDJSON)(nil)
