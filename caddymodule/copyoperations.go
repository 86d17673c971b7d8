package caddymodule

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"github.com/caddyserver/caddy/v2"

	"github.com/linkgate/linkgate/admin"
	"github.com/linkgate/linkgate/store"
	"github.com/linkgate/linkgate/store/transfer"
)

const (
	// copyNext is the header with the cursor for the next page.
	copyNext = "Linkgate-Next"

	// maxCopyBody holds a page of the largest records, however much of them
	// JSON has to escape.
	maxCopyBody = 8 * transfer.PageRows * store.MaxRecord

	// maxSums and maxValues are the most rows of the other kinds in one
	// request.
	maxSums   = store.MaxPage
	maxValues = 1 << 20
)

// copyRoutes are the two sides of `caddy linkgate copy`. What goes over them are
// secrets: links, hashes and keys. So they serve this machine only, whatever
// address Caddy's admin endpoint listens on, and the audit says that they did.
func (Operations) copyRoutes() []caddy.AdminRoute {
	route := func(name string, handle func(*copyCall) error) caddy.AdminRoute {
		return caddy.AdminRoute{Pattern: "POST /linkgate/copy/" + name, Handler: caddy.AdminHandlerFunc(func(w http.ResponseWriter, r *http.Request) error {
			return serveCopy(w, r, handle)
		})}
	}
	return []caddy.AdminRoute{
		route("store", (*copyCall).describe),
		route("values", (*copyCall).values),
		route("value-sums", (*copyCall).valueSums),
		route("take-values", (*copyCall).takeValues),
		route("records", (*copyCall).records),
		route("sums", (*copyCall).sums),
		route("take", (*copyCall).take),
		route("prune", (*copyCall).prune),
	}
}

// A copyCall is one request of a copy.
type copyCall struct {
	w   http.ResponseWriter
	r   *http.Request
	app *App
	e   *engine
}

func serveCopy(w http.ResponseWriter, r *http.Request, handle func(*copyCall) error) error {
	if !isLocal(r) {
		return caddy.APIError{HTTPStatus: http.StatusForbidden, Err: errors.New("a copy is made on this machine only")}
	}
	app, e, err := runningEngine()
	if err != nil {
		return err
	}
	err = guarded(func() error { return handle(&copyCall{w, r, app, e}) })
	if _, known := errors.AsType[caddy.APIError](err); err == nil || known {
		return err
	}
	if errors.Is(err, store.ErrInvalid) || errors.Is(err, transfer.ErrRows) {
		return caddy.APIError{HTTPStatus: http.StatusBadRequest, Err: err}
	}
	return unserved(err)
}

// isLocal reports whether a request came over a socket of this machine. One in
// the file system has no address.
func isLocal(r *http.Request) bool {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr == "" || r.RemoteAddr == "@"
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// A copySide says which instance is asked, and which store it has.
type copySide struct {
	storeName
	Instance string `json:"instance"`
	Records  int64  `json:"records"`
}

func (c *copyCall) describe() error {
	page, err := c.e.List(c.r.Context(), store.Query{Limit: 1, WithAdmins: true})
	if err != nil {
		return err
	}
	return reply(c.w, copySide{nameOf(c.e.Store), instanceID, page.Total})
}

func (c *copyCall) values() error {
	values, err := transfer.Values(c.r.Context(), c.e, admin.ClaimName)
	return sendRows(c, "exportValues", values, "", err)
}

func (c *copyCall) valueSums() error {
	sums, err := transfer.ValueSums(c.r.Context(), c.e, admin.ClaimName)
	return sendRows(c, "", sums, "", err)
}

func (c *copyCall) records() error {
	rows, next, err := transfer.Records(c.r.Context(), c.e, c.r.URL.Query().Get("after"))
	return sendRows(c, "exportTokens", rows, next, err)
}

func (c *copyCall) sums() error {
	sums, next, err := transfer.Sums(c.r.Context(), c.e, c.r.URL.Query().Get("after"))
	return sendRows(c, "", sums, next, err)
}

// sendRows answers with rows, and puts it on record where they are secrets.
func sendRows[R any](c *copyCall, action string, rows []R, next string, err error) error {
	if action != "" {
		c.audit(action, len(rows), err)
	}
	if err != nil {
		return err
	}
	c.w.Header().Set("Content-Type", "application/x-ndjson")
	c.w.Header().Set("Cache-Control", "no-store")
	if next != "" {
		c.w.Header().Set(copyNext, next)
	}
	return transfer.Write(c.w, rows)
}

// takeValues takes keys, which hold from then on.
func (c *copyCall) takeValues() error {
	values, err := readRows[transfer.Value](c, maxValues)
	if err != nil {
		return err
	}
	ctx := c.r.Context()
	tally, err := transfer.TakeValues(ctx, c.e, values, c.r.URL.Query().Get("replace") == "yes")
	c.audit("copyValues", tally.Taken+tally.Updated, err)
	if err != nil {
		return err
	}
	if err := c.app.loadKeys(ctx, c.e); err != nil {
		return err
	}
	return reply(c.w, tally)
}

// take takes records. Whoever asks may go away meanwhile: what was begun is
// brought to its end, so that no record is left half made.
func (c *copyCall) take() error {
	rows, err := readRows[transfer.Row](c, transfer.PageRows)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c.r.Context()), time.Minute)
	defer cancel()
	tally, err := transfer.Take(ctx, c.e, rows)
	c.audit("copyTokens", tally.Taken+tally.Updated+tally.Ahead, err)
	if err != nil {
		return err
	}
	return reply(c.w, tally)
}

func (c *copyCall) prune() error {
	sums, err := readRows[transfer.Sum](c, maxSums)
	if err != nil {
		return err
	}
	pruned, err := transfer.Prune(c.r.Context(), c.e, sums)
	c.audit("pruneTokens", pruned, err)
	if err != nil {
		return err
	}
	return reply(c.w, map[string]int{"pruned": pruned})
}

// readRows reads the rows of the request. All of them are here before the
// first is looked at: Caddy's admin endpoint waits ten seconds for a body.
func readRows[R any](c *copyCall, limit int) ([]R, error) {
	var text bytes.Buffer
	if _, err := io.Copy(&text, http.MaxBytesReader(c.w, c.r.Body, maxCopyBody)); err != nil {
		return nil, fmt.Errorf("%w: reading the request: %w", store.ErrInvalid, err)
	}
	return transfer.Read[R](text.Bytes(), limit)
}

// audit puts a step on record.
func (c *copyCall) audit(action string, records int, err error) {
	e := admin.AuditEvent{
		Time: c.app.now(), Action: action, Records: records, Client: peer(c.r),
		Status: http.StatusOK, Result: admin.AuditDone,
	}
	switch {
	case err != nil:
		e.Status, e.Result = http.StatusServiceUnavailable, admin.AuditFailed
	case records == 0:
		e.Result = admin.AuditNothing
	}
	audit(c.app.log)(e)
}
