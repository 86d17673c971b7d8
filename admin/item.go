package admin

import (
	"time"

	"go.uber.org/zap"

	"github.com/linkgate/linkgate/store"
)

// An item is a token as the API shows it.
type item struct {
	RID     *string     `json:"rid" doc:"The requester."`
	URL     *string     `json:"url" doc:"The base URL of the link."`
	Exp     *int64      `json:"exp" doc:"The end of life in Unix seconds."`
	Issuer  *string     `json:"iss" doc:"The campaign."`
	Config  []string    `json:"config" nullable:"false" doc:"The attributes that the creating call asked for."`
	Created string      `json:"created" format:"date-time" doc:"When the token was made."`
	Expires *string     `json:"expires" format:"date-time" doc:"The end of life."`
	Minutes *int64      `json:"minutes" doc:"The life that was asked for, in minutes."`
	Token   *string     `json:"token" doc:"The token as a JWT."`
	Link    string      `json:"link" doc:"The token as a link: 32 hexadecimal digits."`
	Counter int64       `json:"counter" doc:"The uses so far."`
	Count   int64       `json:"cnt" doc:"The most uses; -1: no limit."`
	State   store.State `json:"state" enum:"enabled,disabled" doc:"Whether the token is switched on."`
}

// item shows a record.
func (h *Handler) item(r store.Record) item {
	t := &r.Token
	return item{
		RID: orNull(t.RID), URL: orNull(t.URL), Issuer: orNull(t.Issuer),
		Exp: unixOrNull(t.Expires), Expires: timeOrNull(t.Expires), Minutes: orNull(t.Minutes),
		Config:  append([]string{}, t.Config...),
		Created: Timestamp(t.Created),
		Token:   h.sign(t),
		Link:    t.Link, Counter: r.Counter, Count: shownLimit(t.Limit), State: t.State,
	}
}

// sign makes the JWT that matches a record. A record that has no end of life
// or no requester has none, as there is nothing that it could say.
func (h *Handler) sign(t *store.Token) *string {
	if t.Expires.IsZero() || t.RID == "" {
		return nil
	}
	token, err := h.o.Keys().Sign(store.Claims{Link: t.Link, RID: t.RID, Expires: t.Expires})
	if err != nil {
		h.o.Log.Error("signing a token failed", zap.Error(err))
		return nil
	}
	return &token
}

// shownLimit writes a limit as the Token2GO API has it.
func shownLimit(limit int64) int64 {
	if limit == store.NoLimit {
		return -1
	}
	return limit
}

// orNull returns nil for the zero value.
func orNull[T comparable](value T) *T {
	var zero T
	if value == zero {
		return nil
	}
	return &value
}

// unixOrNull returns the whole second that a time lies in, as a JWT has it.
func unixOrNull(t time.Time) *int64 {
	if t.IsZero() {
		return nil
	}
	return new(t.Unix())
}

func timeOrNull(t time.Time) *string {
	if t.IsZero() {
		return nil
	}
	return new(Timestamp(t))
}
