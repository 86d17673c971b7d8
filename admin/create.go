package admin

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/linkgate/linkgate/store"
	"github.com/linkgate/linkgate/store/strictjson"
)

// A created is the answer to a create: what the call asked for.
type created struct {
	Link    *string `json:"link,omitempty" doc:"The token as a link: 32 hexadecimal digits."`
	Token   *string `json:"token,omitempty" doc:"The token as a JWT."`
	Created *string `json:"created,omitempty" format:"date-time" doc:"When the token was made."`
	Expires *string `json:"expires,omitempty" format:"date-time" doc:"The end of life."`
	Minutes *int64  `json:"minutes,omitempty" doc:"The life in minutes."`
	Issuer  *string `json:"iss,omitempty" doc:"The campaign."`
	RID     *string `json:"rid,omitempty" doc:"The requester."`
	URL     *string `json:"url,omitempty" doc:"The base URL."`
	Exp     *int64  `json:"exp,omitempty" doc:"The end of life in Unix seconds."`
	Count   *int64  `json:"cnt,omitempty" doc:"The most uses; -1: no limit."`
	Counter *int64  `json:"counter,omitempty" doc:"The uses so far."`
	UUID    *string `json:"uuid,omitempty" doc:"A second name that may be shown where the link may not."`
	URLLink string  `json:"url_link" doc:"The base URL with the link behind it."`
}

// An attribute is what a create can be asked to answer with.
type attribute struct {
	name string
	copy func(to *created, from item, uuid string)
}

// attributes are all there are, in the order of their documentation.
func attributes() []attribute {
	return []attribute{
		{"link", func(to *created, from item, _ string) { to.Link = &from.Link }},
		{"token", func(to *created, from item, _ string) { to.Token = from.Token }},
		{"created", func(to *created, from item, _ string) { to.Created = &from.Created }},
		{"expires", func(to *created, from item, _ string) { to.Expires = from.Expires }},
		{"minutes", func(to *created, from item, _ string) { to.Minutes = from.Minutes }},
		{"iss", func(to *created, from item, _ string) { to.Issuer = from.Issuer }},
		{"rid", func(to *created, from item, _ string) { to.RID = from.RID }},
		{"url", func(to *created, from item, _ string) { to.URL = from.URL }},
		{"exp", func(to *created, from item, _ string) { to.Exp = from.Exp }},
		{"cnt", func(to *created, from item, _ string) { to.Count = &from.Count }},
		{"counter", func(to *created, from item, _ string) { to.Counter = &from.Counter }},
		{"uuid", func(to *created, _ item, uuid string) { to.UUID = &uuid }},
	}
}

// attributeNames lists what config may contain.
func attributeNames() []string {
	all := attributes()
	names := make([]string, len(all))
	for i, a := range all {
		names[i] = a.name
	}
	return names
}

// A createRequest is the body of a create.
type createRequest struct {
	rid, url, issuer string
	minutes, limit   int64
	config           []string
}

// createFields are the members of that body.
func createFields() fields[createRequest] {
	return fields[createRequest]{
		{"rid", true, nameSchema("The requester."), func(v json.RawMessage, to *createRequest) error {
			return readName(v, &to.rid)
		}},
		{"url", true, urlSchema(), func(v json.RawMessage, to *createRequest) error {
			return readURL(v, &to.url)
		}},
		{"exp", true, minutesSchema(), func(v json.RawMessage, to *createRequest) error {
			return readMinutes(v, &to.minutes)
		}},
		{"iss", true, nameSchema("The campaign."), func(v json.RawMessage, to *createRequest) error {
			return readName(v, &to.issuer)
		}},
		{"cnt", false, limitSchema(), func(v json.RawMessage, to *createRequest) error {
			return readLimit(v, &to.limit)
		}},
		{"config", false, configSchema(), func(v json.RawMessage, to *createRequest) error {
			return readConfig(v, &to.config)
		}},
	}
}

// defaultConfig is what a create answers with unless it is asked.
func defaultConfig() []string { return []string{"link", "token"} }

// readConfig reads a list of attributes. One that is there twice counts once.
func readConfig(value json.RawMessage, into *[]string) error {
	var list []json.RawMessage
	if err := json.Unmarshal(value, &list); err != nil || list == nil {
		return errors.New("must be a list of attributes")
	}
	allowed := attributeNames()
	*into = []string{}
	for _, element := range list {
		name, ok := strictjson.String(element)
		if !ok || !slices.Contains(allowed, name) {
			return fmt.Errorf("must be a list of %s", strings.Join(allowed, ", "))
		}
		if !slices.Contains(*into, name) {
			*into = append(*into, name)
		}
	}
	return nil
}

func configSchema() *huma.Schema {
	return &huma.Schema{
		Type: huma.TypeArray, Items: &huma.Schema{Type: huma.TypeString, Enum: anyOf(attributeNames())}, Default: defaultConfig(),
		Description: "The attributes to answer with, beside url_link, which is always there.",
	}
}

// create makes a link token.
func (h *Handler) create(c *call) (any, error) {
	request, err := createFields().read(c.Request)
	if err != nil {
		return nil, err
	}
	record := store.Record{Token: request.token(origin{
		link: store.NewLink(), uuid: newUUID(), now: instant(c.now), by: c.caller.uuid(),
	})}
	c.target = record.Token.Link
	if err := h.o.Store.Create(c.Context(), record); err != nil {
		return nil, err
	}
	return request.answer(h.item(record), record.Token.UUID), nil
}

// An origin is what a new token gets from the server.
type origin struct {
	link, uuid string
	now        time.Time
	by         string
}

// token is the record to keep.
func (q *createRequest) token(o origin) store.Token {
	if q.config == nil {
		q.config = defaultConfig()
	}
	return store.Token{
		Link: o.link, UUID: o.uuid,
		RID: q.rid, URL: q.url, Issuer: q.issuer,
		Expires: lifeFrom(o.now, q.minutes), Minutes: q.minutes, Limit: q.limit,
		State: store.Enabled, Created: o.now, Modified: o.now,
		CreatedBy: o.by, Config: q.config,
	}
}

// answer picks what was asked for.
func (q *createRequest) answer(from item, uuid string) created {
	to := created{URLLink: linkURL(q.url, from.Link)}
	for _, a := range attributes() {
		if slices.Contains(q.config, a.name) {
			a.copy(&to, from, uuid)
		}
	}
	return to
}
