package flexport

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"

	"github.com/linkgate/linkgate/store/strictjson"
)

// errOtherID is the error of an entry that bears another id than its place. To
// Flextype the place is what counts; which of the two was meant is not for us
// to guess.
var errOtherID = errors.New("id: is not the one that the entry is kept under")

// has reports whether there is a member of a name.
func has(members []strictjson.Member, name string) bool {
	return slices.ContainsFunc(members, func(m strictjson.Member) bool { return m.Name == name })
}

// row writes an entry that is kept under an id. Without one, the entry has to
// say it itself.
func row(id string, members []strictjson.Member) (json.RawMessage, error) {
	for i, m := range members {
		if m.Name != "id" || id == "" {
			continue
		}
		if text, ok := strictjson.String(m.Value); !strictjson.IsNull(m.Value) && (!ok || text != id) {
			return nil, errOtherID
		}
		members = slices.Delete(members, i, i+1)
		break
	}
	var out bytes.Buffer
	out.WriteByte('{')
	if id != "" {
		members = slices.Insert(members, 0, strictjson.Member{Name: "id", Value: quoted(id)})
	}
	for i, m := range members {
		if i > 0 {
			out.WriteByte(',')
		}
		out.Write(quoted(m.Name))
		out.WriteByte(':')
		if err := json.Compact(&out, m.Value); err != nil {
			return nil, errNoJSON
		}
	}
	out.WriteByte('}')
	if out.Len() > MaxEntry {
		return nil, errTooLong
	}
	return out.Bytes(), nil
}

// quoted writes a text as JSON. What is no UTF-8 becomes U+FFFD.
func quoted(text string) json.RawMessage {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	if err := e.Encode(text); err != nil {
		panic(err) // a text can always be written
	}
	return bytes.TrimSuffix(out.Bytes(), []byte("\n"))
}
