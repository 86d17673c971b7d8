package flexquery

import (
	"context"
	"iter"
)

// grouped answers with lists of records by the value of a field. What follows
// group_by takes each group for one element.
func (r *run) grouped(ctx context.Context) error {
	groups, err := r.collect(ctx)
	if err != nil {
		return err
	}
	groups = cut(r.window, groups)
	switch {
	case r.choice != all && len(groups) == 0:
		return ErrNothing
	case r.choice == first:
		groups = groups[:1]
	case r.choice == last:
		groups = groups[len(groups)-1:]
	}
	return r.show(ctx, groups)
}

// show writes groups: an object of them, or the one that was chosen.
func (r *run) show(ctx context.Context, groups []group) error {
	var ids []string
	for _, g := range groups {
		ids = append(ids, g.ids...)
	}
	next, stop := iter.Pull2(r.again(ctx, ids))
	defer stop()
	if r.choice != all {
		return r.list(groups[0], next)
	}
	r.answer.open('{')
	for _, g := range groups {
		r.answer.name(g.name)
		if err := r.list(g, next); err != nil {
			return err
		}
	}
	return r.answer.close('}')
}

// list writes the records of a group, which are the next.
func (r *run) list(g group, next func() ([]byte, error, bool)) error {
	r.answer.open('[')
	for range g.ids {
		shown, err, _ := next()
		if err != nil {
			return err
		}
		if err := r.answer.shown(shown); err != nil {
			return err
		}
	}
	return r.answer.close(']')
}

// collect puts the matching records into groups.
func (r *run) collect(ctx context.Context) ([]group, error) {
	g := &grouping{by: *r.group, sort: r.sort, meter: r.meter, place: map[string]int{}}
	for record, err := range r.matching(ctx) {
		if err != nil {
			return nil, err
		}
		if err := g.add(record); err != nil {
			return nil, err
		}
	}
	return g.sorted(), nil
}
