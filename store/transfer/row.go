package transfer

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/linkgate/linkgate/store"
)

// PageRows is the most records of one page: they are made in one step, for
// which the uses of the target's gates that come meanwhile wait.
const PageRows = 128

// A Row is a record on its way. It is not the JSON of [store.Record]: the data
// of a token are bytes that JSON would tidy up.
type Row struct {
	Token   store.Token `json:"token"`
	Data    []byte      `json:"data,omitempty"`
	Counter int64       `json:"counter"`
}

func newRow(r store.Record) Row {
	row := Row{Token: r.Token, Data: r.Token.Data, Counter: r.Counter}
	row.Token.Data = nil
	return row
}

func (r Row) record() store.Record {
	t := r.Token
	t.Data = r.Data
	return store.Record{Token: t, Counter: r.Counter}
}

// Records returns a page of all records in the order of their creation, and
// the cursor for the next page, which is empty where there is none.
func Records(ctx context.Context, s store.Store, after string) (rows []Row, next string, err error) {
	page, err := s.List(ctx, store.Query{After: after, Limit: PageRows, WithAdmins: true})
	if err != nil {
		return nil, "", fmt.Errorf("listing records: %w", err)
	}
	rows = make([]Row, len(page.Records))
	for i, r := range page.Records {
		rows[i] = newRow(r)
	}
	return rows, page.Next, nil
}

// Write writes rows of any kind as NDJSON.
func Write[R any](w io.Writer, rows []R) error {
	buffered := bufio.NewWriter(w)
	enc := json.NewEncoder(buffered)
	enc.SetEscapeHTML(false)
	for _, row := range rows {
		if err := enc.Encode(row); err != nil {
			return fmt.Errorf("writing a row: %w", err)
		}
	}
	return buffered.Flush()
}

// ErrRows is wrapped where a text is not rows of the kind. The error says
// nothing of what is in it.
var ErrRows = errors.New("not rows as they were written")

// Read reads at most limit rows, which [Write] has written.
func Read[R any](text []byte, limit int) ([]R, error) {
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	var rows []R
	for {
		var row R
		err := dec.Decode(&row)
		switch {
		case errors.Is(err, io.EOF):
			return rows, nil
		case err != nil:
			// What the decoder says may quote a secret.
			return nil, fmt.Errorf("row %d: %w", len(rows)+1, ErrRows)
		case len(rows) == limit:
			return nil, fmt.Errorf("more than %d rows: %w", limit, ErrRows)
		}
		rows = append(rows, row)
	}
}
