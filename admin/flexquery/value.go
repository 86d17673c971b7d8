package flexquery

import (
	"encoding/json"
	"strconv"

	"github.com/linkgate/linkgate/store/strictjson"
)

// A Kind is what sort of thing a [Value] is.
type Kind int

// The kinds of values. What PHP calls an array is a List where its keys are
// 0, 1, 2 and so on in this order, and else a Map.
const (
	Null Kind = iota
	Bool
	Number
	Text
	List
	Map
)

// A Value is a value of a record or of an option. It keeps the order of maps
// and the exact text of numbers. The zero Value is null.
type Value struct {
	kind Kind

	// text is the text of a Text, the literal of a Number, and `true` or
	// `false` for a Bool.
	text string

	// entries are those of a List or a Map; those of a List have no keys.
	entries []entry
}

// An entry is one element of a [Value].
type entry struct {
	key   string
	value Value
}

// TextValue is the value that is a text.
func TextValue(text string) Value { return Value{kind: Text, text: text} }

// ValueOf reads a JSON value. A text that is no strict JSON is null: records
// and options are checked where they come in.
func ValueOf(raw json.RawMessage) Value {
	switch opening(raw) {
	case 0, 'n':
		return Value{}
	case 't', 'f':
		return Value{kind: Bool, text: string(raw)}
	case '"':
		text, ok := strictjson.String(raw)
		if !ok {
			return Value{}
		}
		return TextValue(text)
	case '[':
		return listOf(raw)
	case '{':
		return mapOf(raw)
	default:
		return Value{kind: Number, text: string(raw)}
	}
}

func listOf(raw json.RawMessage) Value {
	elements, ok := elementsOf(raw)
	if !ok {
		return Value{}
	}
	v := Value{kind: List, entries: make([]entry, 0, len(elements))}
	for _, element := range elements {
		v.entries = append(v.entries, entry{value: ValueOf(element)})
	}
	return v
}

// elementsOf are the elements of a JSON array as they stand in it.
func elementsOf(raw json.RawMessage) (elements []json.RawMessage, ok bool) {
	return elements, json.Unmarshal(raw, &elements) == nil
}

func mapOf(raw json.RawMessage) Value {
	members, err := strictjson.Object(raw)
	if err != nil {
		return Value{}
	}
	v := Value{kind: Map, entries: make([]entry, 0, len(members))}
	for _, m := range members {
		v.entries = append(v.entries, entry{key: m.Name, value: ValueOf(m.Value)})
	}
	return v
}

// Kind returns what sort of thing the value is.
func (v Value) Kind() Kind { return v.kind }

// Text returns the text of a value that is one, and else nothing.
func (v Value) Text() (text string, ok bool) { return v.text, v.kind == Text }

// Len is the number of elements of a list or a map.
func (v Value) Len() int { return len(v.entries) }

// Get returns the element that a path of keys leads to, through lists by
// their indices. Where there is none, it is null.
func (v Value) Get(path ...string) Value {
	for _, key := range path {
		v = v.element(key)
	}
	return v
}

func (v Value) element(key string) Value {
	element, _ := v.find(key)
	return element
}

// find is the element with a key.
func (v Value) find(key string) (element Value, ok bool) {
	if v.kind == List {
		if i, in := placeOf(key, len(v.entries)); in {
			return v.entries[i].value, true
		}
		return Value{}, false
	}
	for _, e := range v.entries {
		if e.key == key {
			return e.value, true
		}
	}
	return Value{}, false
}

// keyOf is the key of the element at a place.
func (v Value) keyOf(place int) string {
	if v.kind == List {
		return strconv.Itoa(place)
	}
	return v.entries[place].key
}

// On reports whether a switch such as `options[collection]` is on. As in
// Flextype every text is, but for the empty one, `0`, `false`, `off` and `no`.
func (v Value) On() bool {
	switch v.kind {
	case Bool:
		return v.text == "true"
	case Text, Number:
		switch v.text {
		case "", "0", "false", "off", "no":
			return false
		}
		return true
	default:
		return false
	}
}
