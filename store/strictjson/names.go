package strictjson

import "slices"

// fewNames is up to how many names are compared one by one. Beyond it a map
// keeps the work linear in the length of the text.
const fewNames = 16

// usualMembers is how many members an object may have without costing more
// than one allocation for them.
const usualMembers = 4

// names is the set of the names that an object has so far.
type names struct {
	few  []string
	many map[string]struct{}
}

// add reports whether name is new.
func (n *names) add(name string) bool {
	if n.many != nil {
		before := len(n.many)
		n.many[name] = struct{}{}
		return len(n.many) > before
	}
	if n.few == nil {
		n.few = make([]string, 0, usualMembers)
	}
	if slices.Contains(n.few, name) {
		return false
	}
	n.few = append(n.few, name)
	if len(n.few) > fewNames {
		n.many = make(map[string]struct{}, 2*fewNames)
		for _, old := range n.few {
			n.many[old] = struct{}{}
		}
		n.few = nil
	}
	return true
}
