package admin

import (
	"crypto/sha256"
	"errors"
	"io"
	"net/http"

	"github.com/linkgate/linkgate/admin/jobs"
	"github.com/linkgate/linkgate/admin/rows"
	"github.com/linkgate/linkgate/store"
)

// errClientGone is why a body ended that did not end by itself.
var errClientGone = errors.New("the client is gone")

// A bulkReading is the first step of a stream: rows are read, checked and
// handed on.
type bulkReading struct {
	*bulkStream
	fields fields[createRequest]
	number int64 // of the last row

	// chain is what was read so far. A job that is resumed begins with what
	// was settled before: held are the rows up to next, which go on together
	// when the chain says that they are the same as then.
	chain jobs.Chain
	next  jobs.Mark
	again bool // next is there
	held  []bulkRow
}

// readAll reads the body to its end.
func (s *bulkStream) readAll() {
	r := &bulkReading{bulkStream: s, fields: createFields()}
	err := r.run(s.read(s.call.Request))
	s.intake.end(err, errors.Is(err, errClientGone))
	s.body.drain()
}

// run returns nil where the body came to its end, or why the stream ends here.
func (r *bulkReading) run(from rows.Reader) error {
	for first := true; ; first = false {
		row, err := from.Next()
		var p *problem
		switch {
		case err == nil, errors.Is(err, io.EOF):
		case errors.As(err, &p):
			return p
		case errors.Is(err, rows.ErrHeader):
			return refuse(http.StatusUnprocessableEntity, err.Error())
		default:
			return errClientGone
		}
		if first && r.job != nil {
			if err := r.begin(from.Head()); err != nil {
				return err
			}
		}
		if err != nil {
			return r.atEnd()
		}
		if err := r.take(row); err != nil {
			return err
		}
	}
}

// begin looks up what was settled before.
func (r *bulkReading) begin(head string) (err error) {
	r.chain = jobs.NewChain(head)
	r.next, r.again, err = r.job.Next(r.call.Context(), 0)
	return err
}

// take hands a row on.
func (r *bulkReading) take(row rows.Row) error {
	r.number = row.Number
	if r.job == nil {
		return r.handOn(r.check(row, origin{link: store.NewLink(), uuid: newUUID(), now: instant(r.handler.o.Now())}))
	}
	if end, ok := r.job.End(); ok && row.Number > end.Row {
		return errOtherBody()
	}
	sum := jobs.Sum(sha256.Sum256(row.Text))
	r.chain = r.chain.Add(sum)
	link, uuid := r.job.Name(row.Number, sum)
	checked := r.check(row, origin{link: link, uuid: uuid, now: r.job.Start()})
	if !r.again {
		return r.handOn(checked)
	}
	r.held = append(r.held, checked)
	if row.Number < r.next.Row {
		return nil
	}
	return r.settle()
}

// handOn puts a row into the batch that fills.
func (r *bulkReading) handOn(row bulkRow) error {
	if !r.intake.add(row, jobs.Mark{Row: row.number, Chain: r.chain}) {
		return errClientGone
	}
	return nil
}

// settle hands on the rows up to the next mark, if they are those of then.
func (r *bulkReading) settle() (err error) {
	if r.chain != r.next.Chain {
		return errOtherBody()
	}
	if !r.intake.give(&batch{rows: r.held, mark: r.next, settled: true}) {
		return errClientGone
	}
	r.held = nil
	r.next, r.again, err = r.job.Next(r.call.Context(), r.number)
	return err
}

// atEnd judges a body that is at its end.
func (r *bulkReading) atEnd() error {
	if r.job == nil {
		return nil
	}
	end, ended := r.job.End()
	if r.again || ended && (end.Row != r.number || end.Chain != r.chain) {
		return errOtherBody()
	}
	return nil
}

// errOtherBody is the problem of a key that stands for something else.
func errOtherBody() *problem {
	return refuse(http.StatusUnprocessableEntity, "the Idempotency-Key was used with another body")
}

// check reads a row as a create reads its body.
func (r *bulkReading) check(row rows.Row, o origin) bulkRow {
	out := bulkRow{number: row.Number}
	if row.Err != nil {
		out.refusal = rowProblem(row.Err)
		return out
	}
	request, err := r.fields.decode(row.Members)
	if err != nil {
		out.refusal = r.handler.problem(err)
		return out
	}
	o.by = r.call.caller.uuid()
	out.request, out.record = request, store.Record{Token: request.token(o)}
	return out
}
