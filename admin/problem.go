package admin

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/linkgate/linkgate/store"
)

const (
	// StoreRetry is how long a client shall wait for a store that is away.
	StoreRetry = 5 * time.Second

	// busyRetry is how long a client shall wait for a free place in the
	// queue of secrets to check.
	busyRetry = time.Second
)

// problemKind is the Content-Type of a problem.
const problemKind = "application/problem+json"

// A problem is an answer that is no success, as RFC 9457 has it. It never
// contains what a caller sent as an id or a secret.
type problem struct {
	Title  string `json:"title" doc:"The words for the status."`
	Status int    `json:"status" doc:"The status of the answer."`
	Detail string `json:"detail" doc:"What is wrong here and now, for people to read."`

	// Field is set on 422.
	Field string `json:"field,omitempty" doc:"The field or parameter that is wrong."`

	// Reason is set where a token was not admitted.
	Reason store.Reason `json:"reason,omitempty" doc:"Why the token was not admitted, in one word."`

	// Message and HTTPStatusCode say the same in Flextype's words, on the
	// paths of its API.
	Message        string `json:"message,omitempty" doc:"The detail again, below /api/v1/tokens."`
	HTTPStatusCode int    `json:"http_status_code,omitempty" doc:"The status again, below /api/v1/tokens."`

	retryAfter time.Duration
	allow      []string
}

// Error implements error.
func (p *problem) Error() string { return fmt.Sprintf("%d: %s", p.Status, p.Detail) }

// refuse makes a problem of a status and a sentence.
func refuse(status int, detail string) *problem {
	return &problem{Title: http.StatusText(status), Status: status, Detail: detail}
}

// wrong makes the problem of one field or parameter.
func wrong(field, detail string) *problem {
	p := refuse(http.StatusUnprocessableEntity, field+": "+detail)
	p.Field = field
	return p
}

// tooMany makes the problem of a caller that has to wait.
func tooMany(detail string, wait time.Duration) *problem {
	p := refuse(http.StatusTooManyRequests, detail)
	p.retryAfter = wait
	return p
}

// unavailable makes the problem of a store that cannot answer.
func unavailable() *problem {
	p := refuse(http.StatusServiceUnavailable, "the store is not available")
	p.retryAfter = StoreRetry
	return p
}

// notFound makes the problem of a path or a record that is not there.
func notFound(detail string) *problem { return refuse(http.StatusNotFound, detail) }

// notAdmitted makes the problem of a token that was refused.
func notAdmitted(reason store.Reason) *problem {
	p := refuse(reason.Status(), reasonDetail(reason))
	p.Reason = reason
	return p
}

func reasonDetail(reason store.Reason) string {
	switch reason {
	case store.Unknown:
		return "the token is unknown"
	case store.SwitchedOff:
		return "the token is disabled"
	case store.NotYet:
		return "the token is not valid yet"
	case store.Expired:
		return "the token is expired"
	case store.Exhausted:
		return "the token is exhausted: it has no use left"
	default:
		return "the token was not admitted: " + string(reason)
	}
}

// SetRetryAfter says in whole seconds how long to wait, rounded up.
func SetRetryAfter(header http.Header, wait time.Duration) {
	seconds := (wait + time.Second - 1) / time.Second
	header.Set("Retry-After", strconv.FormatInt(int64(seconds), 10))
}

// write sends the problem in answer to r.
func (p *problem) write(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	if p.Status == http.StatusUnauthorized {
		header.Set("WWW-Authenticate", "Bearer")
	}
	if p.retryAfter > 0 {
		SetRetryAfter(header, p.retryAfter)
	}
	if p.allow != nil {
		header.Set("Allow", strings.Join(p.allow, ", "))
	}
	shown := *p
	if below(r.URL.EscapedPath(), "tokens") {
		shown.Message, shown.HTTPStatusCode = p.Detail, p.Status
	}
	writeJSON(w, p.Status, problemKind, shown)
}
