package main

import (
	"strings"
	"testing"
)

func TestATableIsAlignedForATerminalAndMarkedForAReadme(t *testing.T) {
	t.Parallel()
	one := table{columns: []string{"name", "n"}}
	one.add("first", "1")
	one.add("x", "22")
	for markdown, want := range map[bool]string{
		false: "name   n\nfirst  1\nx      22\n",
		true:  "| name | n |\n|---|---|\n| first | 1 |\n| x | 22 |\n",
	} {
		var out strings.Builder
		one.print(&out, markdown)
		if out.String() != want {
			t.Errorf("Markdown %t: got\n%s", markdown, &out)
		}
	}
}
