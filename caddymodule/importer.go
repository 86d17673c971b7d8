package caddymodule

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode"

	"github.com/linkgate/linkgate/admin"
	"github.com/linkgate/linkgate/admin/flexport"
	"github.com/linkgate/linkgate/caddymodule/mask"
)

// An importer brings the entries of an export to the running instance, a few at
// a time, and reports what became of them.
type importer struct {
	send  func(rows []byte) ([]admin.Imported, error)
	out   io.Writer
	names bool

	// body are the rows that wait to be sent, and waiting where they are from.
	body    bytes.Buffer
	waiting []string

	taken, exist, refused int
}

// run imports the export at path. Its error says why not everything is there
// now.
func (i *importer) run(path string) error {
	err := i.entries(path)
	if err == nil {
		err = i.flush()
	}
	fmt.Fprintf(i.out, "taken %d, already there %d, refused %d\n", i.taken, i.exist, i.refused)
	switch {
	case err != nil:
		return fmt.Errorf("the import ended early: %w", err)
	case i.refused > 0:
		return fmt.Errorf("%d entries were refused", i.refused)
	}
	return nil
}

// entries reads the export and sends it.
func (i *importer) entries(path string) error {
	for e, err := range flexport.Entries(path) {
		switch {
		case err != nil:
			// What was read before is good all the same.
			return errors.Join(i.flush(), errors.New(i.shown(err.Error())))
		case e.Err != nil:
			i.refuse(e.Name, e.Err.Error())
			continue
		}
		if len(i.waiting) == admin.MaxImportRows || i.body.Len()+len(e.Row)+1 > admin.MaxImport {
			if err := i.flush(); err != nil {
				return err
			}
		}
		i.body.Write(e.Row)
		i.body.WriteByte('\n')
		i.waiting = append(i.waiting, e.Name)
	}
	return nil
}

// flush sends what waits.
func (i *importer) flush() error {
	if len(i.waiting) == 0 {
		return nil
	}
	results, err := i.send(i.body.Bytes())
	if err != nil {
		return fmt.Errorf("sending %d entries, which may be there now or not: %w; the same import can be made again", len(i.waiting), err)
	}
	if len(results) != len(i.waiting) {
		return fmt.Errorf("%d entries were sent and %d answered", len(i.waiting), len(results))
	}
	for n, result := range results {
		i.report(i.waiting[n], result)
	}
	i.body.Reset()
	i.waiting = i.waiting[:0]
	return nil
}

// report notes what became of an entry.
func (i *importer) report(name string, r admin.Imported) {
	switch r.Result {
	case admin.ImportTaken:
		i.taken++
	case admin.ImportExists:
		i.exist++
		i.say("skipped", name, "is already there")
	default:
		i.refuse(name, r.Detail)
	}
}

func (i *importer) refuse(name, why string) {
	i.refused++
	i.say("refused", name, why)
}

// say prints a line about an entry.
func (i *importer) say(what, name, why string) {
	fmt.Fprintf(i.out, "%s %s: %s\n", what, i.shown(name), i.shown(why))
}

// shown is a text with fingerprints for ids, unless they are wanted, and
// without anything that a terminal would obey.
func (i *importer) shown(text string) string {
	if !i.names {
		text = mask.Text(text)
	}
	return printable(text)
}

// printable puts a question mark for each character that does not print.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return '?'
	}, text)
}
