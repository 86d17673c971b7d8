package admin

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/linkgate/linkgate/store"
)

// makeAll makes what the intake has, batch by batch. Behind one that failed
// it makes no other: what became of its rows is unknown, and who sends them
// again under the same key finds out.
func (s *bulkStream) makeAll() {
	defer close(s.made)
	pace := newPace()
	for {
		b := s.intake.take(pace.rows)
		if b == nil {
			return
		}
		if !b.settled {
			begin := time.Now()
			if err := s.make(b); err != nil {
				b.refuse(s.handler.problem(err))
			}
			pace.took(len(b.rows), time.Since(begin))
		}
		select {
		case s.made <- b:
		case <-s.call.Context().Done():
			return
		}
		if b.failed {
			return
		}
	}
}

// make keeps the records of a batch. They are durable when it returns.
func (s *bulkStream) make(b *batch) error {
	if err := s.mayStill(); err != nil {
		return err
	}
	records := make([]store.Record, 0, len(b.rows))
	for i := range b.rows {
		if b.rows[i].refusal == nil {
			records = append(records, b.rows[i].record)
		}
	}
	if len(records) == 0 {
		return nil
	}
	err := s.keep(records)
	status := http.StatusOK
	if err != nil {
		status = s.handler.problem(err).Status
	}
	s.handler.auditBatch(s.call, len(records), status)
	return err
}

// keep creates records, or those of them that an earlier request did not.
func (s *bulkStream) keep(records []store.Record) error {
	ctx := s.call.Context()
	err := s.handler.o.Store.Create(ctx, records...)
	if s.job != nil && errors.Is(err, store.ErrExists) {
		if records, err = s.missing(ctx, records); err == nil {
			err = s.handler.o.Store.Create(ctx, records...)
		}
	}
	return err
}

// missing returns the records that are not kept yet. The others were made by
// an earlier request that broke off before it could say so.
func (s *bulkStream) missing(ctx context.Context, records []store.Record) ([]store.Record, error) {
	out := make([]store.Record, 0, len(records))
	for _, r := range records {
		kept, err := s.handler.o.Store.Get(ctx, r.Token.Link)
		switch {
		case errors.Is(err, store.ErrNotFound):
			out = append(out, r)
		case err != nil:
			return nil, err
		case kept.Token.UUID != r.Token.UUID:
			return nil, errOtherBody()
		}
	}
	return out, nil
}

// mayStill looks at the caller's credential again: a stream can outlive what
// was right when it began.
func (s *bulkStream) mayStill() error {
	then := s.call.caller.token
	d, err := s.handler.o.Store.Peek(s.call.Context(), store.Attempt{
		Link: then.Link, Now: s.handler.o.Now(), AsCredential: true,
	})
	if err != nil {
		return err
	}
	now, err := admitted(d)
	switch {
	case err != nil:
		return err
	case now.token.HashedAccessToken != then.HashedAccessToken:
		return unauthorized()
	case !now.has(store.ScopeWrite):
		return refuse(http.StatusForbidden, "the credential lacks the scope \"write\"")
	}
	return nil
}
