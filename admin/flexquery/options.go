package flexquery

import "strings"

// root is the option that [Parse] reads.
const root = "options[filter]"

// An OptionError says which option is wrong, and why. It quotes no value.
type OptionError struct {
	// Option is its name, as in `options[filter][where][0][operator]`.
	Option string

	// Problem continues the sentence that begins with the name.
	Problem string
}

// Error implements error.
func (e *OptionError) Error() string { return e.Option + " " + e.Problem }

// wrong makes an error about what stands below the root.
func wrong(option, problem string) error {
	return &OptionError{Option: root + option, Problem: problem}
}

// Parse reads what stands below `options[filter]`. Null asks for everything,
// and an option that Flextype does not know changes nothing. Its errors are
// [*OptionError].
func Parse(filter Value) (*Query, error) {
	if filter.kind != Null && !filter.nested() {
		return nil, wrong("", "must be given with the name of an option in brackets")
	}
	q := &Query{window: window{limit: noLimit}}
	for _, part := range []struct {
		name string
		read func(*Query, Value) error
	}{
		{"where", (*Query).readWhere},
		{"group_by", (*Query).readGroup},
		{"sort_by", (*Query).readSort},
		{"offset", (*Query).readOffset},
		{"limit", (*Query).readLimit},
		{"return", (*Query).readReturn},
		{"only", (*Query).readOnly},
		{"except", (*Query).readExcept},
	} {
		v := filter.element(part.name)
		if v.kind == Null {
			continue
		}
		if err := part.read(q, v); err != nil {
			return nil, err
		}
	}
	return q, nil
}

func (q *Query) readWhere(v Value) (err error) {
	q.where, err = parseWhere(v)
	return err
}

func (q *Query) readGroup(v Value) error {
	name, ok := v.Text()
	if !ok || name == "" {
		return wrong("[group_by]", "must be the name of a field")
	}
	q.group = new(newPath(name))
	return nil
}

// readSort reads the key and the direction: every direction but desc ascends.
func (q *Query) readSort(v Value) error {
	key, ok := v.element("key").Text()
	if !ok || key == "" {
		return wrong("[sort_by][key]", "must be the name of a field")
	}
	direction, _ := v.element("direction").Text()
	q.sort = &sorting{key: newPath(key), descending: strings.EqualFold(direction, "desc")}
	return nil
}
