package badger

// unknownTokens is how many ids are remembered that are not kept. A flood of
// requests with one of them reads the database once; each costs some 60 bytes.
const unknownTokens = 64 << 10

// A negative remembers the last ids that were not found.
type negative struct {
	ids  map[id]struct{}
	ring []id // in the order in which they came
	next int
	most int
}

func newNegative(most int) negative {
	return negative{ids: map[id]struct{}{}, most: most}
}

func (n *negative) has(i id) bool {
	_, ok := n.ids[i]
	return ok
}

// add remembers i, in the place of the oldest one if need be.
func (n *negative) add(i id) {
	if n.has(i) {
		return
	}
	n.ids[i] = struct{}{}
	if len(n.ring) < n.most {
		n.ring = append(n.ring, i)
		return
	}
	delete(n.ids, n.ring[n.next])
	n.ring[n.next] = i
	n.next = (n.next + 1) % len(n.ring)
}

// drop forgets i. Its place in the ring stays taken until its turn comes.
func (n *negative) drop(i id) { delete(n.ids, i) }
