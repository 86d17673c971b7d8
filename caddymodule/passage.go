package caddymodule

import (
	"net/http"
	"net/url"
	"strconv"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/modules/caddyhttp"

	"github.com/linkgate/linkgate/admin"
	"github.com/linkgate/linkgate/store"
)

// passageVar is the request variable that holds the passage.
const passageVar = "linkgate.passage"

// A passage is what the gates of one request know about it. A request meets
// several gates where routes nest and where handle_errors leads to one again;
// it is charged once.
type passage struct {
	// candidate is the token as it was presented, empty where there was none.
	// It is remembered because the first gate takes it out of the request.
	candidate string

	// others are further candidates, where it cannot be told which is meant.
	others    []string
	ambiguous bool

	// attempt holds the link and the claims, once they are known.
	attempt store.Attempt

	// settled is set when the request has paid, or rides on a session: no
	// gate charges it again.
	settled bool

	// pays is set where the gate that the request is at has just charged it.
	pays bool

	// failed is why a use could not be charged. It may have been charged all
	// the same, so that no other gate of the request tries again.
	failed error

	// local is set for a request that asks without using: where its token has
	// a limit, the gate answers it.
	local bool

	// early is set where the request may be a replay, and navigates where it
	// is, or passes for, a person's going to the address.
	early, navigates bool

	// opens is set where the request is a navigation that paid: it opens a
	// session.
	opens bool

	decision store.Decision
	reason   store.Reason

	// cover hides the token in the original request line from the handlers
	// behind the gate that the request is at.
	cover *withoutToken

	// claims are those of the attempt, where a JWT was presented.
	claims store.Claims

	// repl and original are what Caddy keeps with the request: looked up once,
	// because each look walks through all contexts of the request. original is
	// the URL as it came; see [originalURL].
	repl     *caddy.Replacer
	original *url.URL
}

// String keeps the token out of everything that prints request variables.
func (*passage) String() string { return "" }

// met returns the passage of a request that met a gate, else nil.
func met(r *http.Request) *passage {
	vars, _ := r.Context().Value(caddyhttp.VarsCtxKey).(map[string]any)
	p, _ := vars[passageVar].(*passage)
	return p
}

// enter returns the request's passage. The first gate begins it and takes the
// client's forgeries of our headers away.
func enter(r *http.Request) *passage {
	if p := met(r); p != nil {
		p.reason = store.Admitted
		p.original = originalURL(r)
		return p
	}
	p := &passage{original: originalURL(r)}
	if vars, ok := r.Context().Value(caddyhttp.VarsCtxKey).(map[string]any); ok {
		vars[passageVar] = p
	}
	if repl, ok := r.Context().Value(caddy.ReplacerCtxKey).(*caddy.Replacer); ok {
		p.repl = repl
		repl.Map(p.placeholder)
	}
	dropForgeries(r)
	return p
}

// admit tells the next handlers whose request this is.
func (p *passage) admit(r *http.Request, d store.Decision) {
	p.decision = d
	setIdentity(r.Header, d)
	if p.repl != nil && d.Token.RID != "" {
		p.repl.Set("http.auth.user.id", d.Token.RID)
	}
}

// placeholder answers for {http.linkgate.*}. What a request has no value for
// is empty, not unknown, once it met a gate.
func (p *passage) placeholder(key string) (any, bool) {
	name, ok := cutPlaceholder(key)
	if !ok {
		return nil, false
	}
	if name == "reason" {
		return string(p.reason), true
	}
	if p.decision.Token == nil {
		return "", true
	}
	return p.field(name)
}

func (p *passage) field(name string) (any, bool) {
	t := p.decision.Token
	switch name {
	case "link":
		return t.Link, true
	case "rid":
		return t.RID, true
	case "iss":
		return t.Issuer, true
	case "counter":
		return strconv.FormatInt(p.decision.Counter, 10), true
	case "remaining":
		return strconv.FormatInt(p.decision.Remaining(), 10), true
	case "expires":
		if p.decision.Ends.IsZero() {
			return "", true
		}
		return admin.Timestamp(p.decision.Ends), true
	}
	if path, ok := cutData(name); ok {
		return dataField(t.Data, path), true
	}
	return nil, false
}
