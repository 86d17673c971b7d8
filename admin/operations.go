package admin

import (
	"encoding/json"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"github.com/linkgate/linkgate/store"
)

// An operation is one method of one path: how it is served, and how it is
// described. Routes and document are both made from these.
type operation struct {
	name, summary string
	method, path  string

	// scope is what the caller needs. Empty: anybody may call.
	scope store.Scope

	// charges is set where a GET changes something, and so HEAD is not GET.
	charges bool

	// query, headers and body describe what is read beside the path.
	query   []*huma.Param
	headers []*huma.Param
	body    *huma.Schema

	// streams is set where body and answer have no end: a sequence of what
	// body describes, and for each a line with answer or a [bulkRefusal].
	streams bool

	// answer is a value of the type of the answer.
	answer any

	// fails are the statuses of its own, beside those that all share.
	fails []int

	// changes is set where records are made, changed or deleted, so that the
	// call is put on record; see [AuditEvent].
	changes bool

	// named is set where the body says by its id which record is meant.
	named bool

	serve func(*Handler, *call) (any, error)

	// flextype takes the place of serve in the Flextype API.
	flextype flexRead
}

// operations is the table of the API.
func operations() []operation {
	return slices.Concat(tokenOperations(), flexOperations(), serviceOperations())
}

func tokenOperations() []operation {
	return []operation{
		{
			name: "createToken", summary: "Make a link token",
			method: http.MethodPost, path: base + "token", scope: store.ScopeWrite,
			body: createFields().describe(), answer: created{}, changes: true, serve: (*Handler).create,
		},
		{
			name: "createTokens", summary: "Make many link tokens, in a stream of one row each",
			method: http.MethodPost, path: bulkPath, scope: store.ScopeWrite, streams: true,
			headers: []*huma.Param{idempotencyParam()},
			body:    createFields().describe(), answer: created{},
			fails: []int{http.StatusConflict}, changes: true, serve: (*Handler).bulk,
		},
		{
			name: "readTokens", summary: "Show the tokens that a link, a JWT or a campaign names",
			method: http.MethodGet, path: base + "token/{id}", scope: store.ScopeRead,
			query:  []*huma.Param{kindParam(byLink, byJWT, byIssuer), pageParam(), sizeParam()},
			answer: page{}, fails: []int{http.StatusUnprocessableEntity}, serve: (*Handler).read,
		},
		{
			name: "changeToken", summary: "Change a token; its count stays",
			method: http.MethodPatch, path: base + "token/{id}", scope: store.ScopeWrite,
			body: changeFields().describe(), answer: item{},
			fails: []int{http.StatusNotFound, http.StatusConflict}, changes: true, serve: (*Handler).change,
		},
		{
			name: "deleteToken", summary: "Forget a token",
			method: http.MethodDelete, path: base + "token/{id}", scope: store.ScopeWrite,
			answer: deleted{}, fails: []int{http.StatusConflict}, changes: true, serve: (*Handler).delete,
		},
		{
			name: "validateToken", summary: "Use a token once",
			method: http.MethodGet, path: base + "token/validate/{id}", scope: store.ScopeRead, charges: true,
			query:  []*huma.Param{kindParam(byLink, byJWT)},
			answer: validated{},
			fails:  []int{http.StatusNotFound, http.StatusGone, http.StatusUnprocessableEntity},
			serve:  (*Handler).validate,
		},
		{
			name: "explainToken", summary: "Say what would become of a token, at no cost",
			method: http.MethodGet, path: base + "token/explain/{id}", scope: store.ScopeRead,
			query:  []*huma.Param{kindParam(byLink, byJWT)},
			answer: explanation{}, fails: []int{http.StatusUnprocessableEntity}, serve: (*Handler).explain,
		},
	}
}

func serviceOperations() []operation {
	return []operation{
		{
			name: "health", summary: "Say whether uses can be recorded",
			method: http.MethodGet, path: base + "health",
			answer: health{}, serve: (*Handler).health,
		},
		{
			name: "openAPI", summary: "Show this document",
			method: http.MethodGet, path: base + "openapi.json",
			answer: map[string]any{}, serve: (*Handler).describe,
		},
	}
}

// describe answers with the document of the API.
func (h *Handler) describe(*call) (any, error) { return json.RawMessage(h.openAPI), nil }

// bulkPath is the path that tokens are made at in a stream.
const bulkPath = base + "token/bulk"

func idempotencyParam() *huma.Param {
	return &huma.Param{
		Name: "Idempotency-Key", In: "header",
		Description: "A name for this body. Sent again under the same name it gives the same answer, and makes only what is missing.",
		Schema:      &huma.Schema{Type: huma.TypeString},
	}
}

func kindParam(kinds ...string) *huma.Param {
	return &huma.Param{
		Name: "t", In: "query", Required: true, Description: "What the id is.",
		Schema: &huma.Schema{Type: huma.TypeString, Enum: anyOf(kinds)},
	}
}

// anyOf is a list of words as a schema has it.
func anyOf(words []string) []any {
	out := make([]any, len(words))
	for i, word := range words {
		out[i] = word
	}
	return out
}

func pageParam() *huma.Param {
	return &huma.Param{
		Name: "page", In: "query", Description: "The number of the page.",
		Schema: &huma.Schema{Type: huma.TypeInteger, Minimum: new(1.0), Default: 1},
	}
}

func sizeParam() *huma.Param {
	return &huma.Param{
		Name: "size", In: "query", Description: "The most items of the page.",
		Schema: &huma.Schema{Type: huma.TypeInteger, Minimum: new(1.0), Maximum: new(float64(maxSize)), Default: defaultSize},
	}
}
