package admin

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"path"
	"runtime"
	"slices"
	"time"

	"go.uber.org/zap"

	"github.com/linkgate/linkgate/store"
)

// A call is one request on its way through an operation.
type call struct {
	*http.Request

	// op is what is called.
	op operation

	// now is the time of the whole call.
	now time.Time

	// presented is the id of the credential that was presented, right or not.
	presented string

	// caller is who calls; nobody where the operation asks for no credential.
	caller caller

	// target is the link of the record that the call is about, and idle is set
	// where the call changed nothing because there was nothing to change.
	target string
	idle   bool
}

// about says which record the call is about, where id can be one. It is said
// before anything is judged, so that a refusal is on record with its target.
func (c *call) about(id string) {
	if store.ValidLink(id) {
		c.target = id
	}
}

// methods are the operations of one path.
type methods map[string]operation

// routes makes the mux from the table. It matches paths only, so that the
// answer to a wrong method is ours.
func (h *Handler) routes(table []operation) *http.ServeMux {
	paths := map[string]methods{}
	for _, op := range table {
		if paths[op.path] == nil {
			paths[op.path] = methods{}
		}
		paths[op.path][op.method] = op
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/", noRoute)
	for pattern, ops := range paths {
		if pattern == bulkPath {
			// To all other methods this is a token, or a campaign, of that name.
			maps.Copy(ops, paths[base+"token/{id}"])
		}
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			if pattern == bulkPath {
				r.SetPathValue("id", path.Base(pattern))
			}
			h.dispatch(w, r, ops)
		})
	}
	return mux
}

// canonical reports whether a path has no empty, dot or trailing segment.
func canonical(escaped string) bool { return path.Clean(escaped) == escaped }

// noRoute answers a request to a path that is not in the table.
func noRoute(w http.ResponseWriter, r *http.Request) {
	notFound("there is nothing at this path").write(w, r)
}

// dispatch answers a request to a path of the table.
func (h *Handler) dispatch(w http.ResponseWriter, r *http.Request, ops methods) {
	op, ok := ops.find(r.Method)
	if !ok {
		p := refuse(http.StatusMethodNotAllowed, "the method is not one of this path")
		p.allow = ops.allowed()
		p.write(w, r)
		return
	}
	if !op.streams {
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	}
	c := &call{Request: r, op: op, now: h.o.Now()}
	c.about(r.PathValue("id"))
	answer, p := h.answer(op, c)
	if p != nil {
		p.write(w, r)
		return
	}
	respond(w, r, answer)
}

// answer carries an operation out, and has it on record before the caller
// learns what came of it: a panic too.
func (h *Handler) answer(op operation, c *call) (answer any, p *problem) {
	outcome := http.StatusInternalServerError
	defer func() {
		if !op.streams || outcome != http.StatusOK { // a stream reports what it makes
			h.audit(c, outcome)
		}
	}()
	answer, err := h.run(op, c)
	if err != nil {
		p = h.problem(err)
		outcome = p.Status
		return nil, p
	}
	outcome = http.StatusOK
	if _, empty := answer.(emptyAnswer); empty {
		outcome = http.StatusNoContent
	}
	return answer, nil
}

// run lets a caller through to an operation.
func (h *Handler) run(op operation, c *call) (any, error) {
	if op.flextype != nil {
		return h.runFlextype(op, c)
	}
	if op.scope != "" {
		presented, err := headerCredential(c.Header)
		if err != nil {
			return nil, err
		}
		if err := h.admit(op, c, presented); err != nil {
			return nil, err
		}
	}
	return op.serve(h, c)
}

// admit finds out who calls, and whether he may.
func (h *Handler) admit(op operation, c *call, presented credential) (err error) {
	c.presented = presented.id
	if c.caller, err = h.authenticate(c, presented); err != nil {
		return err
	}
	return c.caller.needs(op.scope)
}

// find returns the operation for a method. HEAD is GET, except where GET
// changes something.
func (m methods) find(method string) (operation, bool) {
	if method == http.MethodHead {
		op, ok := m[http.MethodGet]
		return op, ok && !op.charges
	}
	op, ok := m[method]
	return op, ok
}

// allowed lists the methods in the order of the alphabet.
func (m methods) allowed() []string {
	var out []string
	for _, method := range []string{
		http.MethodDelete, http.MethodGet, http.MethodHead, http.MethodPatch, http.MethodPost, http.MethodPut,
	} {
		if _, ok := m.find(method); ok {
			out = append(out, method)
		}
	}
	return slices.Clip(out)
}

// recover turns a panic into a 500. Its value may quote what was being worked
// on, so that only its kind is logged, and a text only where the runtime
// wrote it.
func (h *Handler) recover(w http.ResponseWriter, r *http.Request) {
	value := recover()
	if value == nil {
		return
	}
	err, _ := value.(error)
	if errors.Is(err, http.ErrAbortHandler) {
		panic(value)
	}
	h.logPanic(value)
	refuse(http.StatusInternalServerError, "something went wrong here; the log says more").write(w, r)
}

// logPanic logs where a panic came from; see [Handler.recover].
func (h *Handler) logPanic(value any) {
	fields := []zap.Field{zap.String("kind", fmt.Sprintf("%T", value)), zap.Stack("stack")}
	if err, ok := value.(runtime.Error); ok {
		fields = append(fields, zap.Error(err))
	}
	h.o.Log.Error("panic in the token API", fields...)
}
