package main

import (
	"fmt"
	"io"
	"time"
)

// print prints what was measured, and what follows from it.
func (f *costFigures) print(out io.Writer, markdown bool) {
	disk := ""
	if !f.disk {
		disk = " on a disk in memory, where syncs are free"
	}
	fmt.Fprintf(out, "Redis %s, appendfsync always%s, %d CPUs for it and for its clients\n", f.version, disk, f.cpus)
	for _, part := range []struct {
		title string
		table table
	}{
		{"One by one, beside what a gateway costs at rest. Bytes are without the headers of packets.", f.unitTable()},
		{"By many at once, when what comes together is done together:", f.loadTable()},
		{"Does the sum hold? Two gateways with uses of both kinds, as parts of the core of Redis:", f.mixedTable()},
		{fmt.Sprintf("Memory, of %d tokens, and what a billion takes:", memoryTokens), f.clusters()},
		{"Slots of a Cluster, the fullest of 16384 as a multiple of the mean:", f.slotTable()},
		{fmt.Sprintf("A rack, where each gateway has %d uses/s with a limit, and %d/s without one, of %d links:",
			rackUses, rackUses, rackLinks), f.racks()},
	} {
		fmt.Fprintf(out, "\n%s\n\n", part.title)
		part.table.print(out, markdown)
	}
}

// micros is a length of time for people.
func micros(d time.Duration) string { return fmt.Sprintf("%.1f µs", d.Seconds()*1e6) }

func (f *costFigures) unitTable() table {
	t := table{columns: []string{"what", "round trips", "bytes to Redis", "from Redis", "bytes of its log", "CPU of Redis", "time in its scripts"}}
	add := func(what string, u unitCost) {
		t.add(what, fmt.Sprintf("%.2f", u.trips), fmt.Sprintf("%.0f", u.up), fmt.Sprintf("%.0f", u.down),
			fmt.Sprintf("%.0f", u.log), micros(u.cpu), micros(u.script))
	}
	for _, u := range f.units {
		add(u.name, u.unitCost)
	}
	one := f.rest
	one.cpu /= costGateways
	one.script /= costGateways
	one.log /= costGateways
	add("a gateway at rest, each second", one)
	return t
}

func (f *costFigures) loadTable() table {
	t := table{columns: []string{"what", "callers", "per second", "CPU of Redis for each", "part of its core", "one core carries"}}
	for _, l := range f.loads {
		t.add(l.name, fmt.Sprint(l.callers), fmt.Sprintf("%.0f", l.rate), micros(l.cpu),
			fmt.Sprintf("%.2f", l.busy), fmt.Sprintf("%.0f/s", l.carries()))
	}
	return t
}

func (f *costFigures) mixedTable() table {
	t := table{columns: []string{"limited uses/s", "additions/s", "reckoned", "measured", "measured/reckoned"}}
	m := f.mixed
	t.add(fmt.Sprintf("%.0f", m.limited), fmt.Sprintf("%.0f", m.additions),
		fmt.Sprintf("%.3f", m.reckoned), fmt.Sprintf("%.3f", m.measured), fmt.Sprintf("%.2f", m.measured/m.reckoned))
	return t
}

func (f *costFigures) slotTable() table {
	t := table{columns: []string{"links", "measured", "expected"}}
	t.add(fmt.Sprintf("%d, as the API draws them", f.slots.links), fmt.Sprintf("%.4f", f.slots.most),
		fmt.Sprintf("%.4f", expectedLoad(float64(f.slots.links), f.slots.slots)))
	t.add("10^9", "-", fmt.Sprintf("%.4f", expectedLoad(manyLinks, clusterSlots)))
	return t
}
