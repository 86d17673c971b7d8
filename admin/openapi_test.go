package admin_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
)

// member walks down an object.
func member(t *testing.T, v any, path ...string) any {
	t.Helper()
	for i, name := range path {
		m, ok := v.(map[string]any)
		if !ok || m[name] == nil {
			t.Fatalf("there is no %s", strings.Join(path[:i+1], " / "))
		}
		v = m[name]
	}
	return v
}

func TestTheDocumentListsWhatIsThere(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	r := a.do("GET", "/api/v1/openapi.json", "").is(200)
	if r.json["openapi"] != "3.1.0" || r.header.Get("Content-Type") != "application/json" {
		t.Errorf("version %v, type %s", r.json["openapi"], r.header.Get("Content-Type"))
	}
	member(t, r.json, "info", "title")
	member(t, r.json, "info", "version")
	var got []string
	ids := map[any]bool{}
	for path, item := range member(t, r.json, "paths").(map[string]any) {
		for method, op := range item.(map[string]any) {
			got = append(got, strings.ToUpper(method)+" "+path)
			id := member(t, op, "operationId")
			if ids[id] {
				t.Errorf("operation %v is there twice", id)
			}
			ids[id] = true
			status := a.do(strings.ToUpper(method), strings.ReplaceAll(path, "{id}", "x"), "").status
			public := len(op.(map[string]any)["security"].([]any)) == 0
			if public && status != 200 || !public && status != 401 {
				t.Errorf("%s %s is %d without credential", method, path, status)
			}
		}
	}
	want := []string{
		"DELETE /api/v1/token/{id}", "DELETE /api/v1/tokens", "GET /api/v1/health", "GET /api/v1/openapi.json", "GET /api/v1/token/explain/{id}",
		"GET /api/v1/token/validate/{id}", "GET /api/v1/token/{id}", "GET /api/v1/tokens", "PATCH /api/v1/token/{id}", "PATCH /api/v1/tokens",
		"POST /api/v1/token", "POST /api/v1/token/bulk", "POST /api/v1/tokens", "POST /api/v1/tokens/generate", "POST /api/v1/tokens/generate-hash",
		"POST /api/v1/tokens/validate-hash", "POST /api/v1/tokens/verify-hash",
	}
	if slices.Sort(got); !slices.Equal(got, want) {
		t.Errorf("operations %v", got)
	}
}

func TestEachOperationIsDescribedWhole(t *testing.T) {
	t.Parallel()
	r := newAPI(t).do("GET", "/api/v1/openapi.json", "").is(200)
	schemes := member(t, r.json, "components", "securitySchemes").(map[string]any)
	if len(schemes) != 3 || member(t, schemes, "bearer", "scheme") != "bearer" ||
		member(t, schemes, "apiKey", "name") != "X-API-Key" || member(t, schemes, "rapidAPIKey", "name") != "X-RapidAPI-Key" {
		t.Errorf("security schemes %v", schemes)
	}
	for path, item := range member(t, r.json, "paths").(map[string]any) {
		for method, op := range item.(map[string]any) {
			name := method + " " + path
			responses := member(t, op, "responses").(map[string]any)
			want := []string{"200", "405", "500"}
			if name == "delete /api/v1/tokens" {
				want = []string{"405", "500"}
				if done := member(t, responses, "204").(map[string]any); len(responses) < 5 || done["content"] != nil || responses["200"] != nil {
					t.Errorf("the answer to a delete is described as %v", done)
				}
			}
			if security := op.(map[string]any)["security"].([]any); len(security) > 0 {
				want = append(want, "400", "401", "403", "429", "503")
				for _, requirement := range security {
					for scheme := range requirement.(map[string]any) {
						member(t, schemes, scheme)
					}
				}
			}
			if method == "post" || method == "patch" {
				want = append(want, "413", "415", "422")
				kinds := []string{"application/json"}
				if path == "/api/v1/token/bulk" {
					kinds = []string{"application/x-ndjson", "text/csv"}
					member(t, responses, "200", "content", "application/x-ndjson", "schema", "oneOf")
					member(t, responses, "409", "content")
				}
				for _, kind := range kinds {
					member(t, op, "requestBody", "content", kind, "schema", "properties")
				}
			}
			for _, status := range want {
				member(t, responses, status, "description")
				member(t, responses, status, "content")
			}
			declared := strings.Contains(fmt.Sprint(op.(map[string]any)["parameters"]), "in:path name:id required:true")
			if declared != strings.Contains(path, "{id}") {
				t.Errorf("%s: the path parameter is declared: %v", name, declared)
			}
		}
	}
}

func TestEveryReferenceInTheDocumentLeadsSomewhere(t *testing.T) {
	t.Parallel()
	r := newAPI(t).do("GET", "/api/v1/openapi.json", "").is(200)
	refs := 0
	var walk func(v any)
	walk = func(v any) {
		switch v := v.(type) {
		case map[string]any:
			if ref, ok := v["$ref"].(string); ok {
				refs++
				member(t, r.json, strings.Split(strings.TrimPrefix(ref, "#/"), "/")...)
			}
			for _, name := range slices.Sorted(maps.Keys(v)) {
				walk(v[name])
			}
		case []any:
			for _, element := range v {
				walk(element)
			}
		}
	}
	walk(r.json)
	if refs < 10 {
		t.Errorf("%d references", refs)
	}
}

// TestTheAnswersHaveTheMembersOfTheDocument asks for each kind of answer and
// compares it with its schema.
func TestTheAnswersHaveTheMembersOfTheDocument(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	document := a.do("GET", "/api/v1/openapi.json", "").is(200).json
	names := member(t, document, "paths", "/api/v1/token", "post", "requestBody", "content", "application/json", "schema", "properties", "config", "items", "enum")
	config, err := json.Marshal(names)
	if err != nil {
		t.Fatal(err)
	}
	made := a.do("POST", "/api/v1/token", `{"config":`+string(config)+`,`+simple[1:], as(a.both)).is(200)
	link := made.json["link"].(string)
	read := a.do("GET", "/api/v1/token/"+link+"?t=link", "", as(a.both)).is(200)
	for schema, answer := range map[string]map[string]any{
		"Created": made.json, "Page": read.json, "Item": read.items()[0],
		"Validated":   a.do("GET", "/api/v1/token/validate/"+link+"?t=link", "", as(a.both)).is(200).json,
		"Explanation": a.do("GET", "/api/v1/token/explain/"+link+"?t=link", "", as(a.both)).is(200).json,
		"Deleted":     a.do("DELETE", "/api/v1/token/"+link, "", as(a.both)).is(200).json,
	} {
		properties := member(t, document, "components", "schemas", schema, "properties").(map[string]any)
		if keysOf(properties) != keysOf(answer) {
			t.Errorf("%s is described as %s and answers %s", schema, keysOf(properties), keysOf(answer))
		}
	}
}

// TestTheBoundsInTheDocumentAreTheBoundsOfTheCode sends what the document says
// is the last good number, and one more.
func TestTheBoundsInTheDocumentAreTheBoundsOfTheCode(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	document := a.do("GET", "/api/v1/openapi.json", "").is(200).json
	properties := member(t, document, "paths", "/api/v1/token", "post", "requestBody", "content", "application/json", "schema", "properties")
	for field, body := range map[string]string{
		"exp": `{"rid":"r","iss":"i","url":"http://h/","exp":%d}`,
		"cnt": `{"rid":"r","iss":"i","url":"http://h/","exp":1,"cnt":%d}`,
	} {
		most, err := member(t, properties, field, "maximum").(json.Number).Int64()
		if err != nil {
			t.Fatal(err)
		}
		a.do("POST", "/api/v1/token", fmt.Sprintf(body, most), as(a.writer)).is(200)
		a.do("POST", "/api/v1/token", fmt.Sprintf(body, most+1), as(a.writer)).is(422).names(field)
	}
}
