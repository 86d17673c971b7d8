package caddymodule

import (
	"errors"
	"strconv"
	"time"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"
)

// An option is one word that a block knows. parse takes its arguments, and its
// block where it has one, from the dispenser, which stands on the word.
type option struct {
	parse   func(*caddyfile.Dispenser) error
	repeats bool
}

// options are the words that a block knows.
type options map[string]option

// once is an option that may be given a single time.
func once(parse func(*caddyfile.Dispenser) error) option { return option{parse: parse} }

// repeatable is an option that may be given any number of times.
func repeatable(parse func(*caddyfile.Dispenser) error) option {
	return option{parse: parse, repeats: true}
}

// parseBlock reads the block of the directive that d stands on. A typo that
// was passed over would switch off what the operator meant to configure, so
// unknown, surplus and repeated options are errors that name them.
func parseBlock(d *caddyfile.Dispenser, in string, known options) error {
	seen := make(map[string]bool, len(known))
	last := ""
	for nesting := d.Nesting(); d.NextBlock(nesting); {
		name := d.Val()
		opt, ok := known[name]
		switch {
		case name == "{" && last != "":
			return d.Errf("%s: option %s takes no block", in, last)
		case !ok:
			return d.Errf("%s: unrecognized option %q", in, name)
		}
		last = name
		if seen[name] && !opt.repeats {
			return d.Errf("%s: option %s was already specified", in, name)
		}
		seen[name] = true
		if err := opt.parse(d); errors.Is(err, errArguments) {
			return d.Errf("%s: option %s: %v", in, name, err)
		} else if err != nil {
			return err
		}
	}
	return nil
}

// errArguments is returned by an option that has too few or too many words;
// [parseBlock] says which one it is.
var errArguments = errors.New("wrong number of arguments")

// oneArg is an option with one argument, kept as it is.
func oneArg(into *string) option {
	return once(func(d *caddyfile.Dispenser) error {
		if !d.AllArgs(into) {
			return errArguments
		}
		return nil
	})
}

// noArgs is an option without arguments.
func noArgs(into *bool) option {
	return once(func(d *caddyfile.Dispenser) error {
		if d.NextArg() {
			return errArguments
		}
		*into = true
		return nil
	})
}

// onOff is an option that says on or off.
func onOff(into **bool) option {
	return once(func(d *caddyfile.Dispenser) error {
		option := d.Val()
		var word string
		if !d.AllArgs(&word) {
			return errArguments
		}
		on := word == "on"
		if !on && word != "off" {
			return d.Errf("%s: %q is neither on nor off", option, word)
		}
		*into = &on
		return nil
	})
}

// parseDuration reads a length of time in Caddy's notation, which has days.
func parseDuration(d *caddyfile.Dispenser, option, word string) (caddy.Duration, error) {
	length, err := caddy.ParseDuration(word)
	if err != nil || length < time.Second {
		return 0, d.Errf("%s: %q is not a duration of at least a second, such as 15m", option, word)
	}
	return caddy.Duration(length), nil
}

// parseCount reads a number from 1 on.
func parseCount(d *caddyfile.Dispenser, option, word string) (int, error) {
	n, err := strconv.Atoi(word)
	if err != nil || n <= 0 {
		return 0, d.Errf("%s: %q is not a positive number", option, word)
	}
	return n, nil
}
