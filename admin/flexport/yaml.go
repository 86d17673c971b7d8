package flexport

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"regexp"
	"strconv"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/linkgate/linkgate/store/strictjson"
)

// maxDepth is how deep the values of an entry may lie in each other.
const maxDepth = 64

// lineOf finds the line in an error of the YAML library. The rest of the text
// can quote the file and is not shown.
var lineOf = regexp.MustCompile(`line (\d+)`)

// parseYAML reads the mapping that a file holds. Its values are as they were
// to Flextype: what looks like a number, a truth value or nothing is one, and a
// date is the seconds since 1970. What Flextype never writes, such as aliases
// and tags, is refused.
func parseYAML(text []byte) ([]strictjson.Member, error) {
	d := yaml.NewDecoder(bytes.NewReader(text))
	var document yaml.Node
	if err := d.Decode(&document); errors.Is(err, io.EOF) {
		return nil, errors.New("is empty")
	} else if err != nil {
		return nil, noYAML(err)
	}
	if err := d.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return nil, errors.New("has more than one YAML document, or something behind the first that is none")
	}
	if len(document.Content) != 1 || document.Content[0].Kind != yaml.MappingNode {
		return nil, errors.New("is not a YAML mapping")
	}
	value, err := toJSON(document.Content[0], 0)
	if err != nil {
		return nil, err
	}
	members, err := strictjson.Object(value)
	if err != nil {
		return nil, fmt.Errorf("cannot be written as JSON: %w", err)
	}
	return members, nil
}

func noYAML(err error) error {
	if at := lineOf.FindStringSubmatch(err.Error()); at != nil {
		return fmt.Errorf("is no YAML that can be read, see line %s", at[1])
	}
	return errors.New("is no YAML that can be read")
}

// toJSON writes a node as JSON.
func toJSON(n *yaml.Node, depth int) (json.RawMessage, error) {
	if depth > maxDepth {
		return nil, at(n, "lies too deep")
	}
	switch n.Kind {
	case yaml.MappingNode:
		return mapping(n, depth)
	case yaml.SequenceNode:
		return sequence(n, depth)
	case yaml.ScalarNode:
		return scalar(n)
	case yaml.DocumentNode, yaml.AliasNode:
	}
	return nil, at(n, "is an alias, which Flextype does not write")
}

func mapping(n *yaml.Node, depth int) (json.RawMessage, error) {
	if n.ShortTag() != "!!map" {
		return nil, at(n, "has a tag, which Flextype does not write")
	}
	out := json.RawMessage("{")
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		if tag := key.ShortTag(); key.Kind != yaml.ScalarNode || tag != "!!str" && tag != "!!int" {
			return nil, at(key, "has a name that is no text")
		}
		text, err := toJSON(value, depth+1)
		if err != nil {
			return nil, err
		}
		if i > 0 {
			out = append(out, ',')
		}
		out = append(append(append(out, quoted(key.Value)...), ':'), text...)
	}
	return append(out, '}'), nil
}

func sequence(n *yaml.Node, depth int) (json.RawMessage, error) {
	if n.ShortTag() != "!!seq" {
		return nil, at(n, "has a tag, which Flextype does not write")
	}
	out := json.RawMessage("[")
	for i, element := range n.Content {
		text, err := toJSON(element, depth+1)
		if err != nil {
			return nil, err
		}
		if i > 0 {
			out = append(out, ',')
		}
		out = append(out, text...)
	}
	return append(out, ']'), nil
}

func scalar(n *yaml.Node) (json.RawMessage, error) {
	switch n.ShortTag() {
	case "!!str":
		return quoted(n.Value), nil
	case "!!null":
		return json.RawMessage("null"), nil
	case "!!bool":
		var value bool
		if err := n.Decode(&value); err != nil {
			return nil, at(n, "is no truth value that can be read")
		}
		return strconv.AppendBool(nil, value), nil
	case "!!int", "!!float":
		return numeral(n)
	case "!!timestamp":
		var value time.Time
		if err := n.Decode(&value); err != nil {
			return nil, at(n, "is no date that can be read")
		}
		return strconv.AppendInt(nil, value.Unix(), 10), nil
	}
	return nil, at(n, "has a tag, which Flextype does not write")
}

// numeral writes a number, with all its digits where JSON has the same form
// for it.
func numeral(n *yaml.Node) (json.RawMessage, error) {
	if text := json.RawMessage(n.Value); json.Valid(text) {
		return text, nil
	}
	var whole int64
	if n.ShortTag() == "!!int" && n.Decode(&whole) == nil {
		return strconv.AppendInt(nil, whole, 10), nil
	}
	var value float64
	if err := n.Decode(&value); err != nil || math.IsInf(value, 0) || math.IsNaN(value) {
		return nil, at(n, "is a number that JSON does not have")
	}
	return json.Marshal(value)
}

// at says where in a file something is wrong.
func at(n *yaml.Node, what string) error { return fmt.Errorf("line %d %s", n.Line, what) }
