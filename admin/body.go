package admin

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/linkgate/linkgate/store/strictjson"
)

// maxBody is the most bytes of a body that are read.
const maxBody = 64 << 10

// maxShownName bounds how much of a caller's own field name is said back.
const maxShownName = 64

// A field is one member that a body may have: how it is read and how it is
// described are one, so that the document cannot drift.
type field[T any] struct {
	name     string
	required bool
	schema   *huma.Schema

	// read judges the value and puts it into the result. Its error says what
	// the value must be.
	read func(value json.RawMessage, into *T) error
}

// fields are all members that a body may have.
type fields[T any] []field[T]

// read reads the whole body of a request.
func (fs fields[T]) read(r *http.Request) (*T, error) {
	body, err := readBody(r)
	if err != nil {
		return nil, err
	}
	members, err := strictjson.Object(body)
	if err != nil {
		return nil, bodyProblem(err)
	}
	return fs.decode(members)
}

// decode reads the members of an object.
func (fs fields[T]) decode(members []strictjson.Member) (*T, error) {
	into := new(T)
	seen := map[string]bool{}
	for _, m := range members {
		f, ok := fs.find(m.Name)
		if !ok {
			return nil, fs.unknown(m.Name)
		}
		if err := f.read(m.Value, into); err != nil {
			return nil, valueProblem(f.name, err)
		}
		seen[f.name] = true
	}
	for _, f := range fs {
		if f.required && !seen[f.name] {
			return nil, wrong(f.name, "is required")
		}
	}
	return into, nil
}

func (fs fields[T]) find(name string) (field[T], bool) {
	for _, f := range fs {
		if f.name == name {
			return f, true
		}
	}
	return field[T]{}, false
}

// unknown makes the problem of a name that no field has.
func (fs fields[T]) unknown(name string) *problem {
	if right, ok := fs.misspelled(name); ok {
		return wrong(shownName(name), fmt.Sprintf("is no field of this request; it is spelled %q", right))
	}
	return wrong(shownName(name), "is no field of this request")
}

// misspelled reports whether a name is that of a field but for its case.
func (fs fields[T]) misspelled(name string) (right string, ok bool) {
	for _, f := range fs {
		if f.name != name && strings.EqualFold(f.name, name) {
			return f.name, true
		}
	}
	return "", false
}

// describe is the schema of the body.
func (fs fields[T]) describe() *huma.Schema {
	s := &huma.Schema{
		Type: huma.TypeObject, Properties: map[string]*huma.Schema{},
		AdditionalProperties: false,
	}
	for _, f := range fs {
		s.Properties[f.name] = f.schema
		if f.required {
			s.Required = append(s.Required, f.name)
		}
	}
	return s
}

// valueProblem names the field of an error, unless the error has done so
// better.
func valueProblem(name string, err error) error {
	if p, ok := errors.AsType[*problem](err); ok {
		return p
	}
	return wrong(name, err.Error())
}

// bodyProblem says what is wrong with a body as a whole.
func bodyProblem(err error) *problem {
	var twice *strictjson.DuplicateError
	switch {
	case errors.As(err, &twice):
		return wrong(shownName(twice.Name), "is there more than once")
	case errors.Is(err, strictjson.ErrNotObject):
		return refuse(http.StatusUnprocessableEntity, "the body must be a JSON object")
	}
	return refuse(http.StatusBadRequest, err.Error())
}

// shownName makes a caller's own name fit to be said back.
func shownName(name string) string {
	if len(name) > maxShownName {
		name = name[:maxShownName] + "…"
	}
	quoted := strconv.QuoteToGraphic(name)
	return quoted[1 : len(quoted)-1]
}

// readBody reads a body that says that it is JSON, or says nothing.
func readBody(r *http.Request) ([]byte, error) {
	if err := checkKind(r.Header); err != nil {
		return nil, err
	}
	return readAll(r)
}

// readAll reads a body of any kind.
func readAll(r *http.Request) ([]byte, error) {
	body, err := io.ReadAll(r.Body)
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return nil, refuse(http.StatusRequestEntityTooLarge, fmt.Sprintf("the body is over %d bytes", maxBody))
	case err != nil:
		return nil, refuse(http.StatusBadRequest, "the body ended early")
	}
	return body, nil
}

// checkKind refuses a body that says that it is something else than JSON.
func checkKind(header http.Header) error {
	if err := checkCoding(header); err != nil {
		return err
	}
	for _, kind := range header.Values("Content-Type") {
		if kind != "" && !isJSON(kind) {
			return refuse(http.StatusUnsupportedMediaType, "the body must be application/json in UTF-8")
		}
	}
	return nil
}

// checkCoding refuses a body that is compressed.
func checkCoding(header http.Header) error {
	for _, coding := range header.Values("Content-Encoding") {
		if !strings.EqualFold(coding, "identity") {
			return refuse(http.StatusUnsupportedMediaType, "the body must not be compressed")
		}
	}
	return nil
}

// isJSON reports whether a Content-Type names JSON in UTF-8.
func isJSON(kind string) bool {
	media, params, err := mime.ParseMediaType(kind)
	if err != nil {
		return false
	}
	if charset, ok := params["charset"]; ok && !strings.EqualFold(charset, "utf-8") {
		return false
	}
	return media == "application/json" ||
		strings.HasPrefix(media, "application/") && strings.HasSuffix(media, "+json")
}
