package caddymodule

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/modules/caddyhttp"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/linkgate/linkgate/admin/budget"
	"github.com/linkgate/linkgate/store"
)

// Gate lets a request through when it carries exactly one link token that is
// known, enabled, in time, unspent and meant for this route, and counts the
// use before the next handler sees the request. The token is taken out of the
// request; who it belongs to is passed on in the headers `X-Linkgate-Rid`,
// `X-Linkgate-Iss`, `X-Linkgate-Counter` and `X-Linkgate-Remaining`, which no
// client can forge or remove.
//
// A refusal is a Caddy error, so that `handle_errors` decides the page, with
// the reason in `{http.linkgate.reason}`. Where no error route matches, the
// gate answers by itself: a small page for browsers, `application/problem+json`
// (RFC 9457) for everybody else.
//
// HEAD, OPTIONS and prefetches cost nothing; for tokens with a limit they are
// answered by the gate.
type Gate struct {
	// Where a token may sit in a request. The same one may sit in several
	// places; two different ones are refused.
	// Default: in the path, in the query parameter `token`, in the header
	// `X-Link-Token` and as bearer token.
	From []Source `json:"from,omitempty"`

	// How long the requests of a page ride on the use that opened it. After
	// an admitted navigation a signed cookie lets the page's assets, its form
	// posts and its next pages through without charge. 0 switches sessions
	// off: each request pays.
	// Default: `15m`.
	Session *caddy.Duration `json:"session,omitempty"`

	// Only tokens of these campaigns (their `iss`) are let through; others
	// are unknown here. Example: `["spring", "summer"]`. Default: any, and
	// tokens without a campaign.
	Issuers []string `json:"issuers,omitempty"`

	// Leaves the token in the request. Default: it is removed from what the
	// next handlers and the upstream see.
	KeepToken bool `json:"keep_token,omitempty"`

	// Answers 400 to paths that servers read in different ways: encoded
	// slashes, backslashes and NULs, control bytes, `.` and `..` segments,
	// `//`, and broken UTF-8. Default: true.
	StrictPath *bool `json:"strict_path,omitempty"`

	// Also demands that the request's host, port and path lie under the
	// token's own URL; the scheme does not count. Default: false.
	MatchURL bool `json:"match_url,omitempty"`

	// How many unknown tokens one client address may try.
	// Default: 100 in a minute.
	GuessLimit *GuessLimit `json:"guess_limit,omitempty"`

	app     *App
	session time.Duration
	guesses *budget.Budget
	log     *zap.Logger
}

// GuessLimit bounds how many unknown tokens one client address may try. IPv6
// addresses count by their /64 network. Tokens that are known always get their
// answer.
type GuessLimit struct {
	// How many may be tried, such as 100. 0: any number.
	Count int `json:"count"`

	// In what time. Default: `1m`.
	Per caddy.Duration `json:"per,omitempty"`
}

// CaddyModule returns the Caddy module information.
func (Gate) CaddyModule() caddy.ModuleInfo {
	return caddy.ModuleInfo{ID: "http.handlers.linkgate", New: func() caddy.Module { return new(Gate) }}
}

// Provision finds the app and fills in defaults.
func (g *Gate) Provision(ctx caddy.Context) error {
	app, err := linkgateApp(ctx)
	if err != nil {
		return err
	}
	g.app = app
	beginErrorRoutes(ctx)
	g.log = ctx.Logger().WithOptions(zap.WrapCore(sampled))
	return g.setDefaults()
}

func (g *Gate) setDefaults() error {
	if len(g.From) == 0 {
		g.From = []Source{{In: "path"}, {In: "query", Name: "token"}, {In: "header", Name: "X-Link-Token"}, {In: "bearer"}}
	}
	for i := range g.From {
		if err := g.From[i].provision(); err != nil {
			return fmt.Errorf("from: %w", err)
		}
	}
	if err := checkIssuers(g.Issuers); err != nil {
		return fmt.Errorf("issuers: %w", err)
	}
	g.session = 15 * time.Minute
	if g.Session != nil {
		g.session = time.Duration(*g.Session)
	}
	if g.session != 0 && g.session < time.Second {
		return fmt.Errorf("session: %s is shorter than a second", g.session)
	}
	limit := GuessLimit{Count: 100}
	if g.GuessLimit != nil {
		limit = *g.GuessLimit
	}
	if limit.Count < 0 || limit.Per < 0 {
		return fmt.Errorf("guess_limit: must not be negative")
	}
	if limit.Per == 0 {
		limit.Per = caddy.Duration(time.Minute)
	}
	if limit.Count > 0 {
		g.guesses = budget.New(limit.Count, time.Duration(limit.Per))
	}
	return nil
}

// checkIssuers refuses a campaign that no token can name. An empty one, such as
// a variable that is not set leaves behind, would mean the tokens without any.
func checkIssuers(issuers []string) error {
	for i, issuer := range issuers {
		switch {
		case issuer == "":
			return errors.New("a campaign has a name")
		case len(issuer) > store.MaxName:
			return fmt.Errorf("a campaign's name is not over %d bytes", store.MaxName)
		case slices.Contains(issuers[:i], issuer):
			return fmt.Errorf("%q was already specified", issuer)
		}
	}
	return nil
}

// sampled keeps a flood of refusals from flooding the log: of equal lines,
// the first ten in a second and then each hundredth.
func sampled(core zapcore.Core) zapcore.Core {
	return zapcore.NewSamplerWithOptions(core, time.Second, 10, 100)
}

func (g *Gate) ServeHTTP(w http.ResponseWriter, r *http.Request, next caddyhttp.Handler) error {
	p := enter(r)
	d, err := g.decide(r, p)
	if err != nil || !d.Admitted() {
		r = g.strip(r, p, knownURL(d)).over(r)
		return g.refuse(w, r, p, refusal{reason: d.Reason, cause: err})
	}
	p.cover = g.strip(r, p, d.Token.URL)
	p.admit(r, d)
	if p.local && d.Token.Limit != store.NoLimit {
		return answerLocally(w, r)
	}
	if p.opens {
		g.setSession(w, r, p)
	}
	if p.pays {
		return g.serveCharged(w, r, p, next)
	}
	_, err = serveGuarded(w, p.cover.over(r), next)
	return err
}

// knownURL is the token's own URL, where the answer says that there is such a
// token.
func knownURL(d store.Decision) string {
	if d.Token == nil || publicReason(d.Reason) == store.Unknown {
		return ""
	}
	return d.Token.URL
}

// Interface guards
var (
	_ caddy.Provisioner           = (*Gate)(nil)
	_ caddyhttp.MiddlewareHandler = (*Gate)(nil)
)
