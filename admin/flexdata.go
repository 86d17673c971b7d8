package admin

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"github.com/linkgate/linkgate/admin/flexquery"
	"github.com/linkgate/linkgate/store"
	"github.com/linkgate/linkgate/store/strictjson"
)

// A flexData is the data of a create or a change in the Flextype API: what is
// nil was not said.
type flexData struct {
	state   *store.State
	limit   *int64
	calls   *int64
	scopes  *[]store.Scope
	minutes *int64
	rid     *string
	url     *string
	issuer  *string

	// own are the fields that are the caller's own.
	own []strictjson.Member
}

// flexFields are the members of data that mean something to the server.
func flexFields() fields[flexData] {
	return fields[flexData]{
		{"state", false, stateSchema(), into(readState, func(to *flexData) **store.State { return &to.state })},
		{"limit_calls", false, callsSchema("The most uses; 0: no limit."), into(readCalls, func(to *flexData) **int64 { return &to.limit })},
		{"calls", false, callsSchema("The uses so far, for imports; in a create only."), into(readCalls, func(to *flexData) **int64 { return &to.calls })},
		{"scopes", false, scopesSchema(), into(readScopes, func(to *flexData) **[]store.Scope { return &to.scopes })},
		{"exp", false, minutesSchema(), into(readMinutes, func(to *flexData) **int64 { return &to.minutes })},
		{"rid", false, nameSchema("The requester."), into(readName, func(to *flexData) **string { return &to.rid })},
		{"url", false, urlSchema(), into(readURL, func(to *flexData) **string { return &to.url })},
		{"iss", false, nameSchema("The campaign."), into(readName, func(to *flexData) **string { return &to.issuer })},
	}
}

// into makes a reader that puts what it reads where place says.
func into[T, V any](read func(json.RawMessage, *V) error, place func(*T) **V) func(json.RawMessage, *T) error {
	return func(value json.RawMessage, to *T) error {
		*place(to) = new(V)
		return read(value, *place(to))
	}
}

// data reads the member data. In a create, which has nothing to take away,
// null says nothing, as in Flextype.
func (b flexBody) data(creating bool) (*flexData, error) {
	value, present := b.value("data")
	if !present && creating {
		return &flexData{}, nil
	}
	if !present {
		return nil, wrong("data", "is required")
	}
	members, err := strictjson.Object(value)
	if err != nil {
		return nil, wrong("data", "must be an object, in UTF-8")
	}
	to, known := &flexData{}, flexFields()
	for _, m := range members {
		if err := b.member(m, known, creating, to); err != nil {
			return nil, err
		}
	}
	return to, nil
}

// member reads one member of data.
func (b flexBody) member(m strictjson.Member, known fields[flexData], creating bool, to *flexData) error {
	name := "data." + shownName(m.Name)
	f, ok := known.find(m.Name)
	right, misspelled := known.misspelled(m.Name)
	switch {
	case !ok && misspelled:
		return wrong(name, fmt.Sprintf("is no field of one's own; it is spelled %q", right))
	case !ok && store.ReservedField(m.Name) && !ownDate(m):
		return wrong(name, "is a field of the record itself and kept by the server")
	case !ok:
		to.own = append(to.own, m)
		return nil
	case m.Name == "calls" && !creating:
		return wrong(name, "is counted by the server")
	case creating && strictjson.IsNull(m.Value):
		return nil
	}
	if f.schema.Type == huma.TypeInteger {
		m.Value = b.number(m.Value)
	}
	if err := f.read(m.Value, to); err != nil {
		return wrong(name, err.Error())
	}
	return nil
}

// ownDate reports whether a member is a date named expires. That is no name in
// this API, whose records have expires_at, and Flextype's users have dates of
// their own there: it is kept as those are, and ends nothing.
func ownDate(m strictjson.Member) bool {
	text, ok := strictjson.String(m.Value)
	return m.Name == "expires" && ok && flexquery.IsDate(text)
}

// readCalls reads a number of uses. As a limit, zero is none in this API.
func readCalls(value json.RawMessage, into *int64) error {
	n, ok := strictjson.Integer(value)
	if !ok || n < 0 || n > maxLimit {
		return fmt.Errorf("must be an integer from 0 to %d", int64(maxLimit))
	}
	*into = n
	return nil
}

func callsSchema(description string) *huma.Schema {
	return &huma.Schema{
		Type: huma.TypeInteger, Minimum: new(0.0), Maximum: new(float64(maxLimit)), Description: description,
	}
}

// readScopes reads a list of scopes. One that is there twice counts once.
func readScopes(value json.RawMessage, into *[]store.Scope) error {
	var list []json.RawMessage
	if err := json.Unmarshal(value, &list); err != nil || list == nil {
		return errors.New("must be a list of scopes")
	}
	*into = []store.Scope{}
	for _, element := range list {
		text, ok := strictjson.String(element)
		scope := store.Scope(text)
		if !ok || !scope.Valid() {
			return errors.New("must be a list of read, write and admin")
		}
		if !slices.Contains(*into, scope) {
			*into = append(*into, scope)
		}
	}
	return nil
}

func scopesSchema() *huma.Schema {
	return &huma.Schema{
		Type:        huma.TypeArray,
		Items:       &huma.Schema{Type: huma.TypeString, Enum: []any{store.ScopeRead, store.ScopeWrite, store.ScopeAdmin}},
		Description: "What the record may do as a credential. Default: read and write, as far as the caller has them.",
	}
}
