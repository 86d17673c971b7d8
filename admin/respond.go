package admin

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"
	"time"
)

// Timestamp writes a time as every answer does, and the gate for what is
// behind it: RFC 3339 in UTC with six fractional digits.
func Timestamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000000Z") }

// jsonKind is the Content-Type of an answer that is no problem.
const jsonKind = "application/json"

// A respondent is an answer that sends itself.
type respondent interface {
	write(w http.ResponseWriter, r *http.Request)
}

// respond sends the answer to a request that succeeded.
func respond(w http.ResponseWriter, r *http.Request, answer any) {
	if own, ok := answer.(respondent); ok {
		own.write(w, r)
		return
	}
	writeJSON(w, http.StatusOK, jsonKind, answer)
}

// writeJSON sends a value. It is encoded as a whole first, so that a failure
// can still become another answer.
func writeJSON(w http.ResponseWriter, status int, kind string, value any) {
	body, err := encode(value)
	if err != nil {
		panic(err) // no value of ours fails to encode; the handler answers 500
	}
	header := w.Header()
	header.Set("Content-Type", kind)
	header.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	// An error here is a client that hung up: nobody is left to be told.
	_, _ = w.Write(body)
}

// encode writes JSON as it is read by people: a & in a URL stays one.
func encode(value any) ([]byte, error) {
	var buf bytes.Buffer
	e := json.NewEncoder(&buf)
	e.SetEscapeHTML(false)
	if err := e.Encode(value); err != nil {
		return nil, err
	}
	return buf.Bytes(), nil
}
