package admin

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/linkgate/linkgate/admin/rows"
	"github.com/linkgate/linkgate/store"
)

const (
	// MaxImportRows and MaxImport are the most rows, and the most bytes, of
	// one [Handler.Import]: they are made in one step, for which the uses of
	// the gate that come meanwhile wait.
	MaxImportRows = 128
	MaxImport     = 1 << 20
)

// ErrImportTooLarge is wrapped where there is more than one import takes.
var ErrImportTooLarge = fmt.Errorf("over %d rows or %d bytes in one import", MaxImportRows, MaxImport)

// An Imported says what became of one row.
type Imported struct {
	// Row counts from 1.
	Row int64 `json:"row"`

	// Result is what became of it.
	Result ImportResult `json:"result"`

	// Detail says why a row was refused, naming the field.
	Detail string `json:"detail,omitempty"`
}

// An ImportResult is what became of a row.
type ImportResult string

// The results there are.
const (
	// ImportTaken: the record is kept.
	ImportTaken ImportResult = "taken"
	// ImportExists: there is a record of that id already, and it stays what it
	// is.
	ImportExists ImportResult = "exists"
	// ImportRefused: the row cannot be a record as it is.
	ImportRefused ImportResult = "refused"
)

// Import keeps records that a Flextype application has had, from rows of NDJSON
// as its API shows them, with their ids, hashes and counters. Nothing that is
// kept already is changed, so that an import can be made again.
//
// Each row gets a result, in order. With an error nothing is known about any of
// the rows: they may have been kept or not.
//
// A record with a hash is an API credential, and has the scopes read and write
// unless the row says less. The scope admin is never given: in Flextype every
// token could write whatever it liked into a record.
//
// client is the address on whose behalf it is done, for the audit.
func (h *Handler) Import(ctx context.Context, body io.Reader, client string) ([]Imported, error) {
	now := instant(h.o.Now())
	results, records, err := readImport(body, now)
	if err == nil {
		err = h.keepImport(ctx, results, records)
	}
	h.auditImport(AuditEvent{Time: now, Action: "importTokens", Client: client}, results, err)
	if err != nil {
		return nil, err
	}
	return results, nil
}

// readImport reads all rows, and makes records of those that can be one: by
// the place of their result.
func readImport(body io.Reader, now time.Time) ([]Imported, map[int]store.Record, error) {
	limited := &io.LimitedReader{R: body, N: MaxImport + 1}
	reader := rows.NewNDJSON(limited)
	var results []Imported
	records := map[int]store.Record{}
	for {
		row, err := reader.Next()
		switch {
		case limited.N == 0, err == nil && len(results) == MaxImportRows:
			return nil, nil, ErrImportTooLarge
		case errors.Is(err, io.EOF):
			return results, records, nil
		case err != nil:
			return nil, nil, fmt.Errorf("reading rows: %w", err)
		}
		result := Imported{Row: row.Number, Result: ImportRefused}
		if r, err := importRow(row, now); err != nil {
			result.Detail = importDetail(err)
		} else {
			records[len(results)] = r
		}
		results = append(results, result)
	}
}

// importDetail is what is wrong with a row, in words.
func importDetail(err error) string {
	if p, ok := errors.AsType[*problem](err); ok {
		return p.Detail
	}
	return err.Error()
}

// auditImport puts an import on record.
func (h *Handler) auditImport(e AuditEvent, results []Imported, err error) {
	if h.o.Audit == nil {
		return
	}
	for _, r := range results {
		if r.Result == ImportTaken {
			e.Records++
		}
	}
	e.Status, e.Result = http.StatusOK, AuditDone
	switch {
	case errors.Is(err, ErrImportTooLarge):
		e.Status, e.Result = http.StatusRequestEntityTooLarge, AuditRefused
	case err != nil:
		e.Status, e.Result = http.StatusServiceUnavailable, AuditFailed
	case e.Records == 0:
		e.Result = AuditNothing
	}
	h.o.Audit(e)
}
