package flexquery

import "context"

// sorted answers in the order of sort_by.
func (r *run) sorted(ctx context.Context) error {
	entries, err := r.rank(ctx)
	if err != nil {
		return err
	}
	entries = cut(r.window, entries)
	if r.choice != all {
		return r.chosenOf(ctx, entries)
	}
	ids := make([]string, 0, len(entries))
	for _, e := range entries {
		ids = append(ids, e.id)
	}
	r.answer.open('[')
	for shown, err := range r.again(ctx, ids) {
		if err != nil {
			return err
		}
		if err := r.answer.shown(shown); err != nil {
			return err
		}
	}
	return r.answer.close(']')
}

// rank brings the matching records into order: at least those up to the end
// of the window.
func (r *run) rank(ctx context.Context) ([]ranked, error) {
	if r.window.limit == 0 {
		return nil, nil
	}
	entries, ok, err := r.tryRank(ctx, r.window.end())
	if ok || err != nil {
		return entries, err
	}
	entries, _, err = r.tryRank(ctx, noLimit)
	return entries, err
}

// tryRank ranks, keeping so many. It is not ok where all would have to be kept.
func (r *run) tryRank(ctx context.Context, keep int) (entries []ranked, ok bool, err error) {
	r.meter.held = 0
	ranking := &ranking{by: r.sort, keep: keep, meter: r.meter}
	for record, err := range r.matching(ctx) {
		if err != nil {
			return nil, false, err
		}
		if ok, err := ranking.add(record.ID, keyOf(r.sort.key.of(record))); !ok {
			return nil, false, err
		}
	}
	ranking.sort()
	return ranking.entries, true, nil
}

// chosenOf answers with the first or the last of the ranked records that is
// still there.
func (r *run) chosenOf(ctx context.Context, entries []ranked) error {
	for len(entries) > 0 {
		at := 0
		if r.choice == last {
			at = len(entries) - 1
		}
		shown, err := r.one(ctx, entries[at].id)
		if err != nil {
			return err
		}
		if shown != nil {
			r.answer.behind = false
			return r.answer.shown(shown)
		}
		entries = append(entries[:at], entries[at+1:]...)
	}
	return ErrNothing
}
