package caddymodule

import (
	"slices"
	"strings"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"
	"github.com/caddyserver/caddy/v2/caddyconfig/httpcaddyfile"
	"github.com/caddyserver/caddy/v2/modules/caddyhttp"
)

// parseGate sets up the gate: see [Gate.UnmarshalCaddyfile].
func parseGate(h httpcaddyfile.Helper) (caddyhttp.MiddlewareHandler, error) {
	g := new(Gate)
	return g, g.UnmarshalCaddyfile(h.Dispenser)
}

// UnmarshalCaddyfile sets up the gate from Caddyfile tokens. Syntax:
//
//	linkgate [<matcher>] {
//		from         path | query <name> | header <name> | bearer | cookie <name>
//		session      <duration>|off
//		issuers      <iss>...
//		keep_token
//		strict_path  on|off
//		match_url
//		guess_limit  <n>/<duration>|off
//	}
//
// from may be given several times.
func (g *Gate) UnmarshalCaddyfile(d *caddyfile.Dispenser) error {
	d.Next() // the directive's name
	if d.NextArg() {
		return d.Errf("linkgate: surplus argument %q", d.Val())
	}
	return parseBlock(d, "linkgate", options{
		"from":        repeatable(g.parseFrom),
		"session":     once(g.parseSession),
		"issuers":     once(g.parseIssuers),
		"keep_token":  noArgs(&g.KeepToken),
		"strict_path": onOff(&g.StrictPath),
		"match_url":   noArgs(&g.MatchURL),
		"guess_limit": once(g.parseGuessLimit),
	})
}

func (g *Gate) parseFrom(d *caddyfile.Dispenser) error {
	args := d.RemainingArgs()
	if len(args) == 0 || len(args) > 2 {
		return errArguments
	}
	s := Source{In: args[0]}
	if len(args) == 2 {
		s.Name = args[1]
	}
	canonical := s
	if err := canonical.provision(); err != nil {
		return d.Errf("from: %v", err)
	}
	if slices.ContainsFunc(g.From, canonical.means) {
		return d.Errf("from: %s was already specified", strings.Join(args, " "))
	}
	g.From = append(g.From, s)
	return nil
}

func (g *Gate) parseSession(d *caddyfile.Dispenser) error {
	var word string
	if !d.AllArgs(&word) {
		return errArguments
	}
	var session caddy.Duration
	if word != "off" {
		var err error
		if session, err = parseDuration(d, "session", word); err != nil {
			return err
		}
	}
	g.Session = &session
	return nil
}

func (g *Gate) parseIssuers(d *caddyfile.Dispenser) error {
	g.Issuers = d.RemainingArgs()
	if len(g.Issuers) == 0 {
		return errArguments
	}
	if err := checkIssuers(g.Issuers); err != nil {
		return d.Errf("issuers: %v", err)
	}
	return nil
}

func (g *Gate) parseGuessLimit(d *caddyfile.Dispenser) error {
	var word string
	if !d.AllArgs(&word) {
		return errArguments
	}
	g.GuessLimit = new(GuessLimit)
	if word == "off" {
		return nil
	}
	count, per, ok := strings.Cut(word, "/")
	if !ok {
		return d.Errf("guess_limit: %q is not of the form 100/1m", word)
	}
	var err error
	if g.GuessLimit.Count, err = parseCount(d, "guess_limit", count); err != nil {
		return err
	}
	g.GuessLimit.Per, err = parseDuration(d, "guess_limit", per)
	return err
}

// Interface guards
var _ caddyfile.Unmarshaler = (*Gate)(nil)
