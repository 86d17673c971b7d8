package flexquery

import "slices"

// A group is the records that have one value in the field of group_by, by
// their names.
type group struct {
	name string
	ids  []string

	// key is what the group is sorted by among groups.
	key sortKey
}

// What groups take in memory, about, without their texts.
const (
	groupSize  = 160
	memberSize = 24
)

// A grouping puts records into groups, in the order in which each first
// appears.
type grouping struct {
	by    path
	sort  *sorting
	meter *meter

	place  map[string]int
	groups []group
}

// add takes one more record.
func (g *grouping) add(r Record) error {
	name := groupName(g.by.of(r))
	i, ok := g.place[name]
	if !ok {
		if err := g.meter.hold(groupSize + 2*len(name)); err != nil {
			return err
		}
		i = len(g.groups)
		g.place[name] = i
		g.groups = append(g.groups, group{name: name})
	}
	in := &g.groups[i]
	if g.sort != nil {
		g.sort.key.ofMember(r, len(in.ids), &in.key)
	}
	in.ids = append(in.ids, r.ID)
	return g.meter.hold(memberSize + len(r.ID))
}

// ofMember sets the key of a group where the path leads to this one of its
// records. A group is a list: `0.calls` is that field of its first record.
func (p path) ofMember(r Record, place int, key *sortKey) {
	if index, ok := indexOf(p.steps[0]); !ok || index != int64(place) {
		return
	}
	if len(p.steps) == 1 {
		*key = keyOf(Value{kind: Map})
		return
	}
	*key = keyOf(walk(r.Fields, p.steps[1:]))
}

// sorted are the groups in their order.
func (g *grouping) sorted() []group {
	if g.sort != nil {
		slices.SortStableFunc(g.groups, func(a, b group) int { return g.sort.compare(a.key, b.key) })
	}
	return g.groups
}

// groupName is the name of the group that a value belongs to. True and false
// are 1 and 0 as in Flextype; what is missing, null, a list or an object has
// the empty name.
func groupName(v Value) string {
	switch v.kind {
	case Text, Number:
		return v.bytes()
	case Bool:
		if v.text == "true" {
			return "1"
		}
		return "0"
	default:
		return ""
	}
}
