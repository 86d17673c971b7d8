package admin

import (
	"encoding/json"
	"errors"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/linkgate/linkgate/store"
	"github.com/linkgate/linkgate/store/strictjson"
)

// A changeRequest is the body of a change: what is nil stays as it is.
type changeRequest struct {
	minutes *int64
	limit   *int64
	state   *store.State
	url     *string
	data    *[]strictjson.Member
}

// changeFields are the members of that body. Null means something for cnt
// only: a life without end cannot be asked for, and nothing else can be
// taken away.
func changeFields() fields[changeRequest] {
	return fields[changeRequest]{
		{"exp", false, minutesSchema(), func(v json.RawMessage, to *changeRequest) error {
			to.minutes = new(int64)
			return readMinutes(v, to.minutes)
		}},
		{"cnt", false, limitSchema(), func(v json.RawMessage, to *changeRequest) error {
			to.limit = new(int64)
			return readLimit(v, to.limit)
		}},
		{"state", false, stateSchema(), func(v json.RawMessage, to *changeRequest) error {
			to.state = new(store.State)
			return readState(v, to.state)
		}},
		{"url", false, urlSchema(), func(v json.RawMessage, to *changeRequest) error {
			to.url = new(string)
			return readURL(v, to.url)
		}},
		{"data", false, dataSchema(), func(v json.RawMessage, to *changeRequest) error {
			to.data = new([]strictjson.Member)
			return readData(v, to.data)
		}},
	}
}

func readState(value json.RawMessage, into *store.State) error {
	text, ok := strictjson.String(value)
	*into = store.State(text)
	if !ok || !into.Valid() {
		return errors.New("must be enabled or disabled")
	}
	return nil
}

func stateSchema() *huma.Schema {
	return &huma.Schema{
		Type: huma.TypeString, Enum: []any{store.Enabled, store.Disabled},
		Description: "Whether the token is switched on.",
	}
}

// change changes a token. Its count stays what it is.
func (h *Handler) change(c *call) (any, error) {
	request, err := changeFields().read(c.Request)
	if err != nil {
		return nil, err
	}
	link := c.PathValue("id")
	if !store.ValidLink(link) {
		return nil, store.ErrNotFound
	}
	if *request == (changeRequest{}) {
		return h.unchanged(c, link)
	}
	record, err := h.o.Store.Update(c.Context(), link, func(t *store.Token) error {
		if err := c.caller.mayChange(t); err != nil {
			return err
		}
		if err := request.apply(t, instant(c.now)); err != nil {
			return err
		}
		return c.caller.mayBecome(t)
	})
	if err != nil {
		return nil, err
	}
	return h.item(record), nil
}

// unchanged answers a change that asks for nothing.
func (h *Handler) unchanged(c *call, link string) (any, error) {
	c.idle = true
	record, err := h.o.Store.Get(c.Context(), link)
	if err != nil {
		return nil, err
	}
	if err := c.caller.mayChange(&record.Token); err != nil {
		return nil, err
	}
	return h.item(record), nil
}

// apply puts the change into a token.
func (q *changeRequest) apply(t *store.Token, now time.Time) error {
	if q.data != nil {
		merged, err := mergeData(t.Data, *q.data)
		if err != nil {
			return err
		}
		t.Data = merged
	}
	if q.minutes != nil {
		t.Minutes, t.Expires = *q.minutes, lifeFrom(now, *q.minutes)
	}
	if q.limit != nil {
		t.Limit = *q.limit
	}
	if q.state != nil {
		t.State = *q.state
	}
	if q.url != nil {
		t.URL = *q.url
	}
	t.Modified = after(t.Modified, now)
	return nil
}

// after is now, or the least instant behind the last change: two changes never
// bear the same time, whatever the clock does, so that a copy of the record
// can be told from the record.
func after(last, now time.Time) time.Time {
	if now.After(last) {
		return now
	}
	return last.Add(time.Microsecond)
}
