package admin

import (
	"bytes"
	"encoding/json"
	"net/http"
	"time"
)

// writePatience is how long a client may take to read some of the answer. One
// that sends all of a long body before it reads would wait for us for ever, and
// we for it.
const writePatience = time.Minute

// A bulkRefusal is the line of a row that made no token.
type bulkRefusal struct {
	Row    int64  `json:"row" doc:"The number of the row, from 1, without blank lines and the header line."`
	Status int    `json:"status" doc:"The status that a create would have had."`
	Detail string `json:"detail" doc:"What is wrong, for people to read."`
}

// A patientAnswer writes lines for as long as the client goes on reading them.
type patientAnswer struct {
	w       http.ResponseWriter
	control *http.ResponseController
	buffer  bytes.Buffer
	begun   bool
}

// lines writes the lines of a batch.
func (a *patientAnswer) lines(h *Handler, b *batch) error {
	a.buffer.Reset()
	e := json.NewEncoder(&a.buffer)
	e.SetEscapeHTML(false)
	for i := range b.rows {
		if err := e.Encode(b.rows[i].line(h)); err != nil {
			panic(err) // no value of ours fails to encode
		}
	}
	return a.send()
}

// line is what a row is answered with.
func (row *bulkRow) line(h *Handler) any {
	if p := row.refusal; p != nil {
		return bulkRefusal{row.number, p.Status, p.Detail}
	}
	return row.request.answer(h.item(row.record), row.record.Token.UUID)
}

// problem writes the last line of a stream that ends before its time.
func (a *patientAnswer) problem(row int64, p *problem) {
	a.buffer.Reset()
	text, err := encode(bulkRefusal{row, p.Status, p.Detail})
	if err != nil {
		panic(err) // no value of ours fails to encode
	}
	a.buffer.Write(text)
	_ = a.send() // nobody is left to be told
}

// end begins an answer without lines, unless there were some.
func (a *patientAnswer) end() {
	if !a.begun {
		a.buffer.Reset()
		_ = a.send() // nobody is left to be told
	}
}

// send writes what is in the buffer, all the way to the client.
func (a *patientAnswer) send() error {
	if !a.begun {
		a.begun = true
		a.w.Header().Set("Content-Type", ndjsonKind)
		a.w.WriteHeader(http.StatusOK)
	}
	_ = a.control.SetWriteDeadline(time.Now().Add(writePatience))
	if _, err := a.w.Write(a.buffer.Bytes()); err != nil {
		return err
	}
	// Where this cannot be done, nothing is held back either.
	_ = a.control.Flush()
	return nil
}

// release leaves the connection to the next request without our deadline.
func (a *patientAnswer) release() { _ = a.control.SetWriteDeadline(time.Time{}) }
