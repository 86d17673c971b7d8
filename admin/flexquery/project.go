package flexquery

import (
	"slices"

	"github.com/linkgate/linkgate/store/strictjson"
)

// A projection is which fields of a record are shown. The zero value shows
// all.
type projection struct {
	// only are the names of the fields to show, where it is not nil. A dot in
	// one is part of the name.
	only map[string]bool

	// except are what to leave out: fields, or what paths with dots lead to.
	except []path
}

func (q *Query) readOnly(v Value) error {
	names, err := readNames("[only]", v)
	q.only = make(map[string]bool, len(names))
	for _, name := range names {
		q.only[name] = true
	}
	return err
}

func (q *Query) readExcept(v Value) error {
	names, err := readNames("[except]", v)
	for _, name := range names {
		q.except = append(q.except, newPath(name))
	}
	return err
}

// readNames reads a list of names; one name is a list of one.
func readNames(option string, v Value) ([]string, error) {
	list := v.asList()
	names := make([]string, 0, len(list))
	for _, e := range list {
		name, ok := e.value.Text()
		if !ok {
			return nil, wrong(option, "must be a list of names")
		}
		names = append(names, name)
	}
	return names, nil
}

// Project is the record with those of its fields that only and except leave:
// what the options mean where one record is asked for by its id.
func (p *projection) Project(r Record) Record {
	if p.only != nil {
		r.Fields = slices.DeleteFunc(slices.Clone(r.Fields), func(m strictjson.Member) bool { return !p.only[m.Name] })
	}
	for _, x := range p.except {
		r.Fields = x.without(r.Fields)
	}
	return r
}
