package admin

import (
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// The names of the three ways to present a credential.
const (
	bearerScheme   = "bearer"
	apiKeyScheme   = "apiKey"
	rapidAPIScheme = "rapidAPIKey"
)

// document writes the OpenAPI document of a table of operations.
func document(table []operation) []byte {
	schemas := huma.NewMapRegistry("#/components/schemas/", schemaName)
	doc := &huma.OpenAPI{
		OpenAPI: "3.1.0",
		Info: &huma.Info{
			Title: "Linkgate", Version: "1",
			Description: "Link tokens: make, read, validate, change and delete them. " +
				"A credential is <token>.<access_token>, given in any one of three headers. " +
				"Below /api/v1/tokens its parts may stand in the body, or on GET in the query, instead.",
		},
		Components: &huma.Components{Schemas: schemas, SecuritySchemes: securitySchemes()},
	}
	for _, op := range table {
		doc.AddOperation(op.describe(schemas))
	}
	text, err := encode(doc)
	if err != nil {
		panic(err) // a mistake in the table, seen by every test
	}
	return text
}

func securitySchemes() map[string]*huma.SecurityScheme {
	return map[string]*huma.SecurityScheme{
		bearerScheme:   {Type: "http", Scheme: "bearer"},
		apiKeyScheme:   {Type: "apiKey", In: "header", Name: "X-API-Key"},
		rapidAPIScheme: {Type: "apiKey", In: "header", Name: "X-RapidAPI-Key"},
	}
}

// schemaName is the name of a Go type in the document.
func schemaName(t reflect.Type, hint string) string {
	name := huma.DefaultSchemaNamer(t, hint)
	if name == "" {
		return name
	}
	return strings.ToUpper(name[:1]) + name[1:]
}

// describe is the operation in the document.
func (op operation) describe(schemas huma.Registry) *huma.Operation {
	out := &huma.Operation{
		OperationID: op.name, Method: op.method, Path: op.path, Summary: op.summary,
		Parameters: slices.Concat(op.query, op.headers),
		Responses:  map[string]*huma.Response{"200": jsonResponse("OK", op.kind(), op.answerSchema(schemas))},
		Security:   []map[string][]string{},
	}
	if strings.Contains(op.path, "{id}") {
		out.Parameters = append([]*huma.Param{idParam()}, out.Parameters...)
	}
	if op.body != nil {
		out.RequestBody = &huma.RequestBody{
			Required: true,
			Content:  map[string]*huma.MediaType{},
		}
		for _, kind := range op.bodyKinds() {
			out.RequestBody.Content[kind] = &huma.MediaType{Schema: op.body}
		}
	}
	if op.scope != "" {
		out.Description = "Needs the scope " + string(op.scope) + "."
		for _, scheme := range []string{bearerScheme, apiKeyScheme, rapidAPIScheme} {
			out.Security = append(out.Security, map[string][]string{scheme: {}})
		}
	}
	if _, ok := op.answer.(health); ok {
		out.Responses["503"] = jsonResponse("Degraded", "application/json", schemaOf(op.answer, schemas))
	}
	if _, ok := op.answer.(emptyAnswer); ok {
		out.Responses = map[string]*huma.Response{"204": {Description: "Done"}}
	}
	for _, status := range op.refusals() {
		out.Responses[strconv.Itoa(status)] = op.refusal(status, schemas)
	}
	return out
}

// kind is the media type of the answer.
func (op operation) kind() string {
	if op.streams {
		return ndjsonKind
	}
	return "application/json"
}

// answerSchema describes the answer, or one line of it.
func (op operation) answerSchema(schemas huma.Registry) *huma.Schema {
	answer := schemaOf(op.answer, schemas)
	if op.streams {
		return &huma.Schema{OneOf: []*huma.Schema{answer, schemaOf(bulkRefusal{}, schemas)}}
	}
	return answer
}

// bodyKinds are the media types of the body.
func (op operation) bodyKinds() []string {
	if op.streams {
		return []string{ndjsonKind, csvKind}
	}
	return []string{"application/json"}
}

// refusals are the statuses of an operation that are problems.
func (op operation) refusals() []int {
	out := slices.Clone(op.fails)
	if op.body != nil {
		out = append(out, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType, http.StatusUnprocessableEntity)
	}
	if op.scope != "" {
		out = append(out, http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden,
			http.StatusTooManyRequests, http.StatusServiceUnavailable)
	}
	return append(out, http.StatusMethodNotAllowed, http.StatusInternalServerError)
}

// refusal describes the answer of one such status.
func (op operation) refusal(status int, schemas huma.Registry) *huma.Response {
	r := jsonResponse(http.StatusText(status), problemKind, schemaOf(problem{}, schemas))
	text := &huma.Schema{Type: huma.TypeString}
	switch status {
	case http.StatusUnauthorized:
		r.Headers = map[string]*huma.Param{"WWW-Authenticate": {Schema: text}}
	case http.StatusMethodNotAllowed:
		r.Headers = map[string]*huma.Param{"Allow": {Schema: text}}
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		r.Headers = map[string]*huma.Param{"Retry-After": {
			Description: "Seconds to wait.", Schema: &huma.Schema{Type: huma.TypeInteger},
		}}
	}
	return r
}

func schemaOf(value any, schemas huma.Registry) *huma.Schema {
	return schemas.Schema(reflect.TypeOf(value), true, "")
}

func jsonResponse(description, kind string, schema *huma.Schema) *huma.Response {
	return &huma.Response{
		Description: description,
		Content:     map[string]*huma.MediaType{kind: {Schema: schema}},
	}
}

func idParam() *huma.Param {
	return &huma.Param{
		Name: "id", In: "path", Required: true,
		Description: "The link; or, where t says so, a JWT or a campaign, percent-encoded as one segment.",
		Schema:      &huma.Schema{Type: huma.TypeString},
	}
}
