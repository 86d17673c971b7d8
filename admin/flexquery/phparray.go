package flexquery

import (
	"math"
	"strconv"
)

// A phpArray is an array under construction: an ordered map that also counts.
// A key that is the canonical decimal of a 64-bit integer counts, all others
// are texts; either way the text of a key is unique.
type phpArray struct {
	slots []slot
	place map[string]int

	// next is the index that empty brackets get; counted is false before
	// there is an index.
	next    int64
	counted bool

	// full says that the highest index is taken: empty brackets get none.
	full bool
}

// A slot is one element: an array, or a text.
type slot struct {
	key   string
	array *phpArray
	text  string
}

// child returns the array at a key and makes it where there is none, in the
// place of a text too. It is nil where there is no free index.
func (a *phpArray) child(key nameKey) *phpArray {
	s := a.at(key)
	if s == nil {
		return nil
	}
	if s.array == nil {
		s.array, s.text = &phpArray{}, ""
	}
	return s.array
}

// set puts a text at a key, in the place of what was there.
func (a *phpArray) set(key nameKey, text string) {
	if s := a.at(key); s != nil {
		s.array, s.text = nil, text
	}
}

// at is the slot of a key, made where there is none.
func (a *phpArray) at(key nameKey) *slot {
	name := key.text
	if key.next {
		if a.full {
			return nil
		}
		name = strconv.FormatInt(a.next, 10)
	}
	if i, ok := a.place[name]; ok {
		return &a.slots[i]
	}
	if index, ok := indexOf(name); ok && (!a.counted || index >= a.next) {
		a.counted = true
		a.full = index == math.MaxInt64
		a.next = max(index, index+1)
	}
	if a.place == nil {
		a.place = map[string]int{}
	}
	a.place[name] = len(a.slots)
	a.slots = append(a.slots, slot{key: name})
	return &a.slots[len(a.slots)-1]
}

// indexOf is the integer that a key is in PHP.
func indexOf(key string) (index int64, ok bool) {
	if key == "" || key[0] == '+' || len(key) > len("-9223372036854775808") {
		return 0, false
	}
	index, err := strconv.ParseInt(key, 10, 64)
	return index, err == nil && strconv.FormatInt(index, 10) == key
}

// value is the array as it stands.
func (a *phpArray) value() Value {
	v := Value{kind: List, entries: make([]entry, 0, len(a.slots))}
	for i, s := range a.slots {
		if s.key != strconv.Itoa(i) {
			v.kind = Map
		}
		e := entry{key: s.key}
		if s.array != nil {
			e.value = s.array.value()
		} else {
			e.value = TextValue(s.text)
		}
		v.entries = append(v.entries, e)
	}
	return v
}

// asMap is the list as a map with its indices for keys.
func (v Value) asMap() Value {
	for i := range v.entries {
		v.entries[i].key = strconv.Itoa(i)
	}
	v.kind = Map
	return v
}
