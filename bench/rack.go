package main

import (
	"fmt"
	"math"
)

// What the rack is reckoned with.
const (
	// rackUses is how many uses a second each gateway has of tokens with a
	// limit, and as many of those without one, which are of rackLinks links.
	rackUses  = 5000
	rackLinks = 100

	// flushes is how often in a second a gateway adds what it has counted of
	// a token without a limit.
	flushes = 20

	// full is how full a core of Redis, or its memory, may be.
	full = 0.7

	// leastPrimaries is how many a Cluster has at least.
	leastPrimaries = 3

	// nodeMemory is that of a server, in bytes.
	nodeMemory = 64 << 30

	// manyLinks is as many tokens as are to be spread over a Cluster.
	manyLinks = 1e9
)

// rackSizes are numbers of gateways.
func rackSizes() []int { return []int{1, 2, 4, 8, 16, 32, 64} }

// A rackLoad is what so many gateways need of Redis.
type rackLoad struct {
	gateways        int
	uses, additions float64 // per second

	// core is the part of the one core that a single primary has.
	core float64

	// up and down are the bits per second to Redis and from it.
	up, down float64

	// primaries is how many a Cluster needs, which tells of no changes: each
	// use is asked there, with a limit or without one.
	primaries int
}

// rack reckons what gateways need, from what uses were measured to cost.
func (f *costFigures) rack(gateways int) rackLoad {
	n := float64(gateways)
	limited, additions := n*rackUses, n*math.Min(rackUses, rackLinks*flushes)
	rest := n * f.rest.cpu.Seconds() / costGateways
	use, add := f.units[unitLimited], f.units[unitAddition]
	cpu := f.loads[loadLimited].cpu.Seconds()
	return rackLoad{
		gateways: gateways, uses: 2 * limited, additions: additions,
		core:      limited*cpu + additions*f.loads[loadAdditions].cpu.Seconds() + rest,
		up:        8 * (limited*use.up + additions*add.up + n*f.rest.up),
		down:      8 * (limited*use.down + additions*add.down + n*f.rest.down),
		primaries: max(leastPrimaries, int(math.Ceil((2*limited*cpu+rest)/full))),
	}
}

// racks is the table of all sizes.
func (f *costFigures) racks() table {
	t := table{columns: []string{
		"gateways", "uses/s", "of them sent as additions/s", "Mbit/s to Redis", "from Redis", "one primary: part of its core", "a Cluster: primaries",
	}}
	for _, n := range rackSizes() {
		r := f.rack(n)
		core := fmt.Sprintf("%.2f", r.core)
		if r.core > full {
			core += ": too much"
		}
		t.add(fmt.Sprint(n), fmt.Sprintf("%.0f", r.uses), fmt.Sprintf("%.0f", r.additions),
			fmt.Sprintf("%.0f", r.up/1e6), fmt.Sprintf("%.0f", r.down/1e6), core, fmt.Sprint(r.primaries))
	}
	return t
}

// nodes is how many servers the memory of so many tokens takes, as a power of
// two, so that they have the same number of slots.
func nodes(links, bytes float64) int {
	n := leastPrimaries + 1
	for float64(n)*nodeMemory*full < links*bytes {
		n *= 2
	}
	return n
}

// clusters is the table of what a billion tokens take.
func (f *costFigures) clusters() table {
	t := table{columns: []string{
		"setting", "bytes a token", "of it in lists", "resident", "log", "10^9 tokens",
		"primaries of 64 GiB, 70 % full", "fullest primary / mean", "lists in each of 16 slots",
	}}
	for _, m := range f.memory {
		n := nodes(manyLinks, m.all)
		t.add(m.setting, fmt.Sprintf("%.0f", m.all), fmt.Sprintf("%.0f", m.lists), fmt.Sprintf("%.0f", m.resident), fmt.Sprintf("%.0f", m.log),
			fmt.Sprintf("%.0f GB", m.all*manyLinks/1e9), fmt.Sprint(n), fmt.Sprintf("%.5f", expectedLoad(manyLinks, n)),
			fmt.Sprintf("%.1f GB", m.lists*manyLinks/1e9/clusterLists))
	}
	return t
}

// clusterLists is over how many slots the store spreads its lists.
const clusterLists = 16
