package flexquery

import (
	"encoding/json"
	"strings"

	"github.com/linkgate/linkgate/store/strictjson"
)

// A path is a key of a condition: the name of a field, or steps into objects
// and lists with dots between them.
type path struct {
	name  string
	steps []string
}

func newPath(key string) path { return path{name: key, steps: strings.Split(key, ".")} }

// of is the value that the path leads to in a record, or null. A field of
// just that name, dots and all, comes first.
func (p path) of(r Record) Value {
	if v := ValueOf(field(r.Fields, p.name)); v.kind != Null || len(p.steps) == 1 {
		return v
	}
	return walk(r.Fields, p.steps)
}

// walk is what steps lead to from the fields of a record.
func walk(fields []strictjson.Member, steps []string) Value {
	raw := field(fields, steps[0])
	for _, step := range steps[1:] {
		raw = below(raw, step)
	}
	return ValueOf(raw)
}

// below is the element of an object or a list, or nothing.
func below(raw json.RawMessage, key string) json.RawMessage {
	switch opening(raw) {
	case '{':
		members, err := strictjson.Object(raw)
		if err != nil {
			return nil
		}
		return field(members, key)
	case '[':
		elements, ok := elementsOf(raw)
		if i, in := placeOf(key, len(elements)); ok && in {
			return elements[i]
		}
	}
	return nil
}

// opening is the first byte of a JSON value, which says what it is.
func opening(raw json.RawMessage) byte {
	if len(raw) == 0 {
		return 0
	}
	return raw[0]
}

func field(members []strictjson.Member, name string) json.RawMessage {
	for _, m := range members {
		if m.Name == name {
			return m.Value
		}
	}
	return nil
}

// placeOf is the place in a list that a key names.
func placeOf(key string, length int) (place int, ok bool) {
	index, ok := indexOf(key)
	if !ok || index < 0 || index >= int64(length) {
		return 0, false
	}
	return int(index), true
}
