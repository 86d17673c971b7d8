package admin

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"github.com/linkgate/linkgate/admin/jobs"
	"github.com/linkgate/linkgate/admin/rows"
)

// A bulkStream makes one token for each row of a body while the body comes in,
// and answers row by row, in order, while it goes on:
//
//	read, check → intake → make, until it is durable → mark the job → answer
//
// Each step waits for the next one: where the client does not read the answer
// its body is not read either, and no more than a few batches are in memory.
type bulkStream struct {
	handler *Handler
	call    *call
	read    func(*http.Request) rows.Reader
	job     *jobs.Job // nil without Idempotency-Key

	body   *patientBody
	answer *patientAnswer
	cancel context.CancelFunc
	intake *intake
	made   chan *batch

	panicked sync.Once
	panic    any
}

// write implements [respondent].
func (s *bulkStream) write(w http.ResponseWriter, r *http.Request) {
	if s.job != nil {
		defer s.job.Close()
	}
	control := http.NewResponseController(w)
	// Where this cannot be said it need not be, as in HTTP/2.
	_ = control.EnableFullDuplex()
	ctx, cancel := context.WithCancel(r.Context())
	s.call.Request = r.WithContext(ctx)
	s.cancel = cancel
	s.body = &patientBody{ReadCloser: r.Body, control: control}
	s.call.Body = s.body
	s.answer = &patientAnswer{w: w, control: control}
	s.intake, s.made = newIntake(), make(chan *batch, 1)

	var steps sync.WaitGroup
	steps.Go(s.guarded(s.readAll))
	steps.Go(s.guarded(s.makeAll))
	s.guarded(s.answerAll)()
	s.intake.stop()
	s.body.stop(time.Now().Add(drainTime))
	steps.Wait()
	s.answer.release()
	whole := s.body.release()
	if s.panic != nil {
		s.handler.logPanic(s.panic)
	}
	if s.panic != nil || !whole {
		// What has been answered stands; the client sees that there is no end.
		panic(http.ErrAbortHandler)
	}
}

// guarded is a step whose panic ends the stream and not the process.
func (s *bulkStream) guarded(step func()) func() {
	return func() {
		defer func() {
			if value := recover(); value != nil {
				s.panicked.Do(func() { s.panic = value })
				s.stop()
			}
		}()
		step()
	}
}

// stop ends all steps at once, whatever they wait for.
func (s *bulkStream) stop() {
	s.intake.stop()
	s.cancel()
	s.body.stop(time.Unix(1, 0))
}

// answerAll answers the batches as they are made. It is the only one that
// writes to the client.
func (s *bulkStream) answerAll() {
	var done jobs.Mark
	for {
		b, ok := s.next()
		if !ok {
			return
		}
		if b == nil {
			break
		}
		s.mark(b)
		if s.answer.lines(s.handler, b) != nil {
			s.stop()
			return
		}
		if b.failed {
			return
		}
		done = b.mark
	}
	s.finish(done)
}

// next waits for a batch. It is nil behind the last one; false where the
// stream was stopped.
func (s *bulkStream) next() (*batch, bool) {
	select {
	case b, ok := <-s.made:
		return b, ok || s.call.Context().Err() == nil
	case <-s.call.Context().Done():
		return nil, false
	}
}

// mark notes that a batch is made, before anybody learns of it.
func (s *bulkStream) mark(b *batch) {
	switch {
	case s.job == nil || b.failed:
	case b.settled:
		s.job.Resume(b.mark)
	default:
		if err := s.job.Mark(s.call.Context(), b.mark); err != nil {
			b.refuse(s.handler.problem(err))
		}
	}
}

// finish ends the answer as the body has ended.
func (s *bulkStream) finish(done jobs.Mark) {
	err := s.intake.reason()
	if err == nil && s.job != nil {
		err = s.job.Finish(s.call.Context(), done)
	}
	var p *problem
	switch {
	case err == nil:
		s.answer.end()
	case errors.As(err, &p) && !s.answer.begun:
		p.write(s.answer.w, s.call.Request)
	case errors.As(err, &p):
		s.answer.problem(done.Row+1, p)
	case errors.Is(err, errClientGone):
	default:
		s.answer.problem(done.Row+1, s.handler.problem(err))
	}
}
