package admin

import (
	"encoding/json"
	"strconv"

	"github.com/linkgate/linkgate/store"
	"github.com/linkgate/linkgate/store/strictjson"
)

// entry shows a record to the caller as the Flextype API has it: the server's
// own fields, those of the token that are set, and the caller's own as they
// were sent. What is not here cannot be asked about either.
func (c caller) entry(r store.Record) ([]strictjson.Member, error) {
	t := &r.Token
	e := make(entryFields, 0, entrySize)
	e = append(e,
		text("id", t.Link), text("uuid", t.UUID),
		number("created_at", t.Created.Unix()), text("created_by", t.CreatedBy), number("modified_at", t.Modified.Unix()),
		number("calls", r.Counter), number("limit_calls", t.Limit), text("state", string(t.State)),
	)
	e.set(t.RID != "", text("rid", t.RID))
	e.set(t.URL != "", text("url", t.URL))
	e.set(t.Issuer != "", text("iss", t.Issuer))
	e.set(!t.Expires.IsZero(), number("expires_at", t.Expires.Unix()))
	e.set(len(t.Scopes) > 0, scopesMember(t.Scopes))
	e.set(t.HashedAccessToken != "" && c.has(store.ScopeAdmin), text("hashed_access_token", t.HashedAccessToken))
	if t.Data == nil {
		return e, nil
	}
	own, err := strictjson.Object(t.Data)
	return append(e, own...), err
}

// entrySize is how many members an entry usually has at most.
const entrySize = 16

// entryFields are the members of an entry.
type entryFields []strictjson.Member

// set adds a member where a condition holds.
func (e *entryFields) set(there bool, m strictjson.Member) {
	if there {
		*e = append(*e, m)
	}
}

func text(name, value string) strictjson.Member {
	return strictjson.Member{Name: name, Value: quoted(value)}
}

func number(name string, value int64) strictjson.Member {
	return strictjson.Member{Name: name, Value: strconv.AppendInt(nil, value, 10)}
}

// scopesMember lists scopes.
func scopesMember(scopes []store.Scope) strictjson.Member {
	list := json.RawMessage("[")
	for i, scope := range scopes {
		if i > 0 {
			list = append(list, ',')
		}
		list = append(list, quoted(string(scope))...)
	}
	return strictjson.Member{Name: "scopes", Value: append(list, ']')}
}

// quoted writes a text as JSON.
func quoted(value string) json.RawMessage {
	out, err := encode(value)
	if err != nil {
		panic(err) // a text can always be written
	}
	return out[:len(out)-1] // without the line break
}
