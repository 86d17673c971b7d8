package caddymodule

import (
	"errors"
	"fmt"
	"io"

	"github.com/linkgate/linkgate/store/transfer"
)

// A copyEnd is one of the two running instances of a copy.
type copyEnd interface {
	// describe says who it is.
	describe() (copySide, error)

	// values and records return rows as they go over the wire. next is empty
	// on the last page.
	values() ([]byte, error)
	records(after string) (rows []byte, next string, err error)

	// takeValues and take keep such rows.
	takeValues(rows []byte, mayReplace bool) (transfer.Tally, error)
	take(rows []byte) (transfer.Tally, error)

	// valueSums and sums are for comparing.
	valueSums() ([]transfer.Value, error)
	sums(after string) (sums []transfer.Sum, next string, err error)

	// prune deletes records.
	prune(sums []transfer.Sum) (pruned int, err error)
}

// A copier copies everything from one end to the other one, and compares.
type copier struct {
	from, to         copyEnd
	fromKind, toKind string

	// replaceKeys lets keys of a target that has tokens be replaced, and prune
	// deletes records that only the target has.
	replaceKeys, prune bool

	out io.Writer
}

// progressEvery is after how many records a line says how far it is.
const progressEvery = 100 * transfer.PageRows

// run makes the copy. Its error says why the two are not the same now.
func (c *copier) run() error {
	if err := c.introduce(); err != nil {
		return err
	}
	if err := c.copyValues(); err != nil {
		return err
	}
	if err := c.copyRecords(); err != nil {
		return fmt.Errorf("%w; the same copy can be made again and goes on", err)
	}
	return c.verify()
}

// introduce makes sure that the ends are who they are meant to be.
func (c *copier) introduce() error {
	from, err := c.from.describe()
	if err != nil {
		return fmt.Errorf("asking the source: %w", err)
	}
	to, err := c.to.describe()
	if err != nil {
		return fmt.Errorf("asking the target: %w", err)
	}
	switch {
	case from.Instance == to.Instance:
		return errors.New("source and target are one and the same instance")
	case from.Store != c.fromKind:
		return fmt.Errorf("the source is on %s, not on %s", from.Store, c.fromKind)
	case to.Store != c.toKind:
		return fmt.Errorf("the target is on %s, not on %s", to.Store, c.toKind)
	}
	fmt.Fprintf(c.out, "from %s, %d records: %s\nto %s, %d records: %s\n",
		from.Store, from.Records, printable(from.Promise), to.Store, to.Records, printable(to.Promise))
	return nil
}

// copyValues copies the keys, first: no token is of use without them.
func (c *copier) copyValues() error {
	rows, err := c.from.values()
	if err != nil {
		return fmt.Errorf("reading the keys of the source: %w", err)
	}
	tally, err := c.to.takeValues(rows, c.replaceKeys)
	if err != nil {
		return fmt.Errorf("bringing the keys to the target: %w", err)
	}
	fmt.Fprintf(c.out, "keys: taken %d, already there %d, replaced %d\n", tally.Taken, tally.Same, tally.Updated)
	if tally.Foreign > 0 {
		return fmt.Errorf("the target has %d keys of its own, and tokens that may be signed with them: with --replace-keys those JWTs become unknown, and their links go on working", tally.Foreign)
	}
	return nil
}

func (c *copier) copyRecords() error {
	var sum transfer.Tally
	defer func() {
		fmt.Fprintf(c.out, "records: taken %d, already there %d, brought up to date %d, used or changed at the target since %d, other tokens under the same link %d\n",
			sum.Taken, sum.Same, sum.Updated, sum.Ahead, sum.Foreign)
	}()
	for after, done := "", 0; ; {
		rows, next, err := c.from.records(after)
		if err != nil {
			return fmt.Errorf("reading records of the source: %w", err)
		}
		tally, err := c.to.take(rows)
		if err != nil {
			return fmt.Errorf("bringing records to the target: %w", err)
		}
		sum.Add(tally)
		if next == "" {
			return nil
		}
		if after, done = next, done+transfer.PageRows; done%progressEvery == 0 {
			fmt.Fprintf(c.out, "%d records are done\n", done)
		}
	}
}
