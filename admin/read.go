package admin

import (
	"errors"

	"github.com/linkgate/linkgate/store"
)

// A page is a stretch of a list of tokens.
type page struct {
	Items []item `json:"items" nullable:"false" doc:"The tokens, oldest first."`
	Total int64  `json:"total" doc:"How many tokens there are on all pages."`
	Page  int64  `json:"page" doc:"The number of this page, from 1."`
	Size  int64  `json:"size" doc:"The most items of a page."`
}

// read shows the tokens that a link, a JWT or a campaign names. What is not
// known is an empty list. Records with the scope admin show up, and count,
// for callers with that scope only.
func (h *Handler) read(c *call) (any, error) {
	query, err := c.query()
	if err != nil {
		return nil, err
	}
	kind, err := query.kind(byLink, byJWT, byIssuer)
	if err != nil {
		return nil, err
	}
	w, err := query.window()
	if err != nil {
		return nil, err
	}
	if kind == byIssuer {
		return h.readIssuer(c, w)
	}
	return h.readOne(c, kind, w)
}

// readIssuer shows one page of a campaign.
func (h *Handler) readIssuer(c *call, w window) (page, error) {
	out := page{Items: []item{}, Page: w.page, Size: w.size}
	issuer := c.PathValue("id")
	if checkName(issuer) != nil {
		return out, nil // no token can have it
	}
	found, err := h.o.Store.List(c.Context(), store.Query{
		Issuer: issuer, Offset: w.offset(), Limit: int(w.size),
		WithAdmins: c.caller.has(store.ScopeAdmin),
	})
	if err != nil {
		return out, err
	}
	out.Total = found.Total
	for _, record := range found.Records {
		out.Items = append(out.Items, h.item(record))
	}
	return out, nil
}

// readOne shows one token, which is a list of one. A JWT names a token as
// long as its signature holds, even past its time.
func (h *Handler) readOne(c *call, kind string, w window) (page, error) {
	out := page{Items: []item{}, Page: w.page, Size: w.size}
	a, ok := h.attempt(c, kind)
	if !ok || !store.ValidLink(a.Link) {
		return out, nil
	}
	record, err := h.o.Store.Get(c.Context(), a.Link)
	if errors.Is(err, store.ErrNotFound) {
		return out, nil
	}
	if err != nil {
		return out, err
	}
	if !c.caller.sees(&record.Token) || a.Claims != nil && a.Claims.RID != record.Token.RID {
		return out, nil
	}
	out.Total = 1
	if w.page == 1 {
		out.Items = append(out.Items, h.item(record))
	}
	return out, nil
}
