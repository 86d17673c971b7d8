package admin

import (
	"net/http"
	"time"
)

// An AuditEvent says who made, changed or deleted what, or was refused to. It
// holds links, which are secrets: whoever writes it down writes fingerprints.
type AuditEvent struct {
	// Time is when the call came in.
	Time time.Time

	// Action is the name of the operation in the OpenAPI document, such as
	// createToken.
	Action string

	// Target is the link of the record that the call was about, whether there
	// is one or not. Empty: it named none, or was refused before it made one.
	Target string

	// Records is how many records a bulk request has made in one step; each of
	// them bears the caller's UUID and the time of the call. Zero: see Target.
	Records int

	// Presented is the link of the credential that was presented, right or
	// wrong. Empty: none was, or nothing that can be one.
	Presented string

	// CallerUUID names the record of the caller. Empty: he did not prove who
	// he is, or his record has none.
	CallerUUID string

	// Client is the address that the call came from.
	Client string

	// Status is the HTTP status of the answer, and Result what it means.
	Status int
	Result AuditResult
}

// An AuditResult is what came of a call.
type AuditResult string

// The results there are.
const (
	// AuditDone: something was made, changed or deleted.
	AuditDone AuditResult = "done"
	// AuditNothing: there was nothing to change or delete.
	AuditNothing AuditResult = "nothing"
	// AuditRefused: the caller may not, or asked for what cannot be.
	AuditRefused AuditResult = "refused"
	// AuditFailed: the store, or this program, failed; what came of it is not
	// known.
	AuditFailed AuditResult = "failed"
)

// audit puts a call on record, if it is one that changes records.
func (h *Handler) audit(c *call, status int) {
	if c.op.changes && h.o.Audit != nil {
		h.o.Audit(h.event(c, status))
	}
}

// auditBatch puts some of the records of a bulk request on record.
func (h *Handler) auditBatch(c *call, records, status int) {
	if h.o.Audit != nil {
		e := h.event(c, status)
		e.Records = records
		h.o.Audit(e)
	}
}

func (h *Handler) event(c *call, status int) AuditEvent {
	e := AuditEvent{
		Time: c.now, Action: c.op.name, Target: c.target, Presented: c.presented, CallerUUID: c.caller.uuid(),
		Client: h.o.ClientIP(c.Request), Status: status, Result: AuditDone,
	}
	switch {
	case status >= http.StatusInternalServerError:
		e.Result = AuditFailed
	case status >= http.StatusBadRequest:
		e.Result = AuditRefused
	case c.idle:
		e.Result = AuditNothing
	}
	return e
}
