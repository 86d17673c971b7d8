package admin

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/danielgtaylor/huma/v2"

	"github.com/linkgate/linkgate/store"
	"github.com/linkgate/linkgate/store/strictjson"
)

// maxData is the most bytes that the own fields of a record take together,
// however many changes they came by.
const maxData = 64 << 10

// readData reads the own fields of a record.
func readData(value json.RawMessage, into *[]strictjson.Member) error {
	members, err := strictjson.Object(value)
	if err != nil {
		return errors.New("must be an object")
	}
	for _, m := range members {
		if store.ReservedField(m.Name) {
			return wrong("data."+m.Name, "is a field of the record itself")
		}
	}
	*into = members
	return nil
}

func dataSchema() *huma.Schema {
	return &huma.Schema{
		Type: huma.TypeObject, AdditionalProperties: true,
		Description: fmt.Sprintf("Fields of your own, which replace those of the same name; at most %d bytes together. Null is kept as null.", maxData),
	}
}

// mergeData puts members into an object at its top level. What is there keeps
// its place, what is new comes behind it, and every value stays byte for byte.
func mergeData(old json.RawMessage, members []strictjson.Member) (json.RawMessage, error) {
	var merged []strictjson.Member
	if old != nil {
		var err error
		if merged, err = strictjson.Object(old); err != nil {
			return nil, fmt.Errorf("reading the data of a record: %w", err)
		}
	}
	place := make(map[string]int, len(merged)+len(members))
	for i, m := range merged {
		place[m.Name] = i
	}
	for _, m := range members {
		if i, ok := place[m.Name]; ok {
			merged[i].Value = m.Value
			continue
		}
		place[m.Name] = len(merged)
		merged = append(merged, m)
	}
	return writeObject(merged)
}

// writeObject writes members as an object, or nil where there are none.
func writeObject(members []strictjson.Member) (json.RawMessage, error) {
	if len(members) == 0 {
		return nil, nil
	}
	var out bytes.Buffer
	for i, m := range members {
		out.WriteByte("{,"[min(i, 1)])
		name, err := encode(m.Name)
		if err != nil {
			return nil, fmt.Errorf("writing a name: %w", err)
		}
		out.Write(bytes.TrimSuffix(name, []byte("\n")))
		out.WriteByte(':')
		out.Write(m.Value)
	}
	out.WriteByte('}')
	if out.Len() > maxData {
		return nil, wrong("data", fmt.Sprintf("must not be over %d bytes", maxData))
	}
	return out.Bytes(), nil
}
