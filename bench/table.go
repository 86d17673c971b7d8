package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// A table is figures with a name to each column.
type table struct {
	columns []string
	rows    [][]string
}

func (t *table) add(cells ...string) { t.rows = append(t.rows, cells) }

// print prints the table for a terminal or for a README.
func (t *table) print(out io.Writer, markdown bool) {
	if markdown {
		t.markdown(out)
	} else {
		t.text(out)
	}
}

func (t *table) text(out io.Writer) {
	aligned := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, row := range append([][]string{t.columns}, t.rows...) {
		fmt.Fprintln(aligned, strings.Join(row, "\t"))
	}
	aligned.Flush()
}

func (t *table) markdown(out io.Writer) {
	line := func(cells []string) { fmt.Fprintf(out, "| %s |\n", strings.Join(cells, " | ")) }
	line(t.columns)
	fmt.Fprintf(out, "|%s\n", strings.Repeat("---|", len(t.columns)))
	for _, row := range t.rows {
		line(row)
	}
}
