package flexquery

import (
	"encoding/json"
	"slices"

	"github.com/linkgate/linkgate/store/strictjson"
)

// without is the fields less what the path leads to. The values that are left
// keep their bytes; an object or list that loses an element is written anew.
func (p path) without(fields []strictjson.Member) []strictjson.Member {
	if slices.ContainsFunc(fields, func(m strictjson.Member) bool { return m.Name == p.name }) {
		return withoutSteps(fields, []string{p.name})
	}
	return withoutSteps(fields, p.steps)
}

func withoutSteps(fields []strictjson.Member, steps []string) []strictjson.Member {
	i := slices.IndexFunc(fields, func(m strictjson.Member) bool { return m.Name == steps[0] })
	if i < 0 {
		return fields
	}
	fields = slices.Clone(fields)
	if len(steps) == 1 {
		return slices.Delete(fields, i, i+1)
	}
	fields[i].Value = rawWithout(fields[i].Value, steps[1:])
	return fields
}

// rawWithout is a value less what the steps lead to.
func rawWithout(raw json.RawMessage, steps []string) json.RawMessage {
	switch opening(raw) {
	case '{':
		members, err := strictjson.Object(raw)
		if err != nil {
			return raw
		}
		return Record{Fields: withoutSteps(members, steps)}.AppendJSON(nil)
	case '[':
		elements, ok := elementsOf(raw)
		i, in := placeOf(steps[0], len(elements))
		if !ok || !in {
			return raw
		}
		if len(steps) == 1 {
			elements = slices.Delete(elements, i, i+1)
		} else {
			elements[i] = rawWithout(elements[i], steps[1:])
		}
		return appendList(nil, elements)
	}
	return raw
}

func appendList(to []byte, elements []json.RawMessage) []byte {
	to = append(to, '[')
	for i, e := range elements {
		if i > 0 {
			to = append(to, ',')
		}
		to = append(to, e...)
	}
	return append(to, ']')
}
