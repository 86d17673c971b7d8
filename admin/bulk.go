package admin

import (
	"errors"
	"mime"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/linkgate/linkgate/admin/jobs"
	"github.com/linkgate/linkgate/admin/rows"
)

// The forms that a bulk request comes in, and its answer goes out.
const (
	ndjsonKind = "application/x-ndjson"
	csvKind    = "text/csv"
)

// bulkKinds are the media types of a bulk request, with the readers of their
// rows.
func bulkKinds() map[string]func(*http.Request) rows.Reader {
	ndjson := func(r *http.Request) rows.Reader { return rows.NewNDJSON(r.Body) }
	return map[string]func(*http.Request) rows.Reader{
		ndjsonKind: ndjson, "application/ndjson": ndjson, "application/jsonl": ndjson,
		csvKind: func(r *http.Request) rows.Reader { return rows.NewCSV(r.Body, cellKinds(createFields())) },
	}
}

// bulk begins to make tokens, one for each row of the body, and to answer row
// by row. See [bulkStream].
func (h *Handler) bulk(c *call) (any, error) {
	read, err := bulkReader(c.Header)
	if err != nil {
		return nil, err
	}
	key, err := jobs.ParseKey(c.Header.Values("Idempotency-Key"))
	if err != nil {
		return nil, refuse(http.StatusBadRequest, "Idempotency-Key "+err.Error())
	}
	b := &bulkStream{handler: h, call: c, read: read}
	if key == "" {
		return b, nil
	}
	b.job, err = h.jobs.Begin(c.Context(), c.caller.token.Link, key, c.now)
	switch {
	case errors.Is(err, jobs.ErrRunning):
		return nil, refuse(http.StatusConflict, "a request with this Idempotency-Key is being carried out")
	case errors.Is(err, jobs.ErrTooMany):
		return nil, tooMany("the credential has used too many values of Idempotency-Key", jobs.Life/2)
	case err != nil:
		return nil, err
	}
	return b, nil
}

// bulkReader returns what reads a body of the kind that it says it is.
func bulkReader(header http.Header) (func(*http.Request) rows.Reader, error) {
	if err := checkCoding(header); err != nil {
		return nil, err
	}
	values := header.Values("Content-Type")
	if len(values) == 1 {
		media, params, err := mime.ParseMediaType(values[0])
		charset, named := params["charset"]
		read, ok := bulkKinds()[media]
		if ok && err == nil && (!named || strings.EqualFold(charset, "utf-8")) {
			return read, nil
		}
	}
	return nil, refuse(http.StatusUnsupportedMediaType, "the body must be "+ndjsonKind+" or "+csvKind+" in UTF-8, and say so")
}

// cellKinds says what the cells of a CSV column hold, and refuses a header
// line that names what is no field.
func cellKinds(fs fields[createRequest]) func(column string) (rows.Kind, error) {
	seen := map[string]bool{}
	return func(column string) (rows.Kind, error) {
		f, ok := fs.find(column)
		if !ok {
			return 0, fs.unknown(column)
		}
		if seen[column] {
			return 0, wrong(column, "is there more than once")
		}
		seen[column] = true
		switch f.schema.Type {
		case huma.TypeInteger:
			return rows.Integer, nil
		case huma.TypeArray:
			return rows.List, nil
		default:
			return rows.Text, nil
		}
	}
}

// rowProblem says what is wrong with a row as such, in the words of a create.
func rowProblem(err error) *problem {
	switch {
	case errors.Is(err, rows.ErrTooLong):
		return refuse(http.StatusRequestEntityTooLarge, "the row is over 65536 bytes")
	case errors.Is(err, rows.ErrCSV):
		return refuse(http.StatusBadRequest, err.Error())
	}
	p := bodyProblem(err)
	p.Detail = strings.Replace(p.Detail, "the body", "the row", 1)
	return p
}
