package caddymodule

import (
	"encoding/json"
	"strconv"
	"strings"

	"github.com/linkgate/linkgate/store/strictjson"
)

// cutPlaceholder returns what follows "http.linkgate." in key.
func cutPlaceholder(key string) (string, bool) { return strings.CutPrefix(key, "http.linkgate.") }

// cutData returns what follows "data." in name.
func cutData(name string) (string, bool) { return strings.CutPrefix(name, "data.") }

// dataField is the field of a token's own data at a dotted path: a name as it
// stands, else step by step into objects and lists. Texts come without their
// quotes, everything else as JSON; what is not there is empty.
func dataField(data json.RawMessage, path string) string {
	value, ok := member(data, path)
	for !ok {
		name, rest, more := strings.Cut(path, ".")
		if !more {
			return ""
		}
		if data, ok = member(data, name); !ok {
			return ""
		}
		path = rest
		value, ok = member(data, path)
	}
	if text, isText := strictjson.String(value); isText {
		return text
	}
	if strictjson.IsNull(value) {
		return ""
	}
	return string(value)
}

// member is one member of an object, or one element of a list.
func member(data json.RawMessage, name string) (json.RawMessage, bool) {
	if index, err := strconv.Atoi(name); err == nil {
		var list []json.RawMessage
		if json.Unmarshal(data, &list) == nil {
			if index < 0 || index >= len(list) {
				return nil, false
			}
			return list[index], true
		}
	}
	members, err := strictjson.Object(data)
	if err != nil {
		return nil, false
	}
	for _, m := range members {
		if m.Name == name {
			return m.Value, true
		}
	}
	return nil, false
}
