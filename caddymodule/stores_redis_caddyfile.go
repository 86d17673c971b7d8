package caddymodule

import (
	"strconv"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"
)

// UnmarshalCaddyfile sets up the store from Caddyfile tokens. Syntax:
//
//	store redis {
//		address           <host:port>...
//		username          <name>
//		password          <text>
//		db                <n>
//		tls               [on|off] {
//			ca_file     <file>
//			server_name <name>
//			certificate <cert_file> <key_file>
//		}
//		prefix            <text>
//		sentinel          <master_name>
//		sentinel_username <name>
//		sentinel_password <text>
//		cluster
//		timeout           <duration>
//		replica_acks      <n>
//		unsafe_durability
//		mark              <file>
//	}
func (s *RedisStore) UnmarshalCaddyfile(d *caddyfile.Dispenser) error {
	d.Next() // the name of the store
	if d.NextArg() {
		return d.Errf("surplus argument %q", d.Val())
	}
	return parseBlock(d, "store redis", options{
		"address":           once(s.parseAddress),
		"username":          oneArg(&s.Username),
		"password":          oneArg(&s.Password),
		"db":                number(&s.DB),
		"tls":               once(s.parseTLS),
		"prefix":            oneArg(&s.Prefix),
		"sentinel":          oneArg(&s.Sentinel),
		"sentinel_username": oneArg(&s.SentinelUsername),
		"sentinel_password": oneArg(&s.SentinelPassword),
		"cluster":           noArgs(&s.Cluster),
		"timeout":           once(s.parseTimeout),
		"replica_acks":      number(&s.ReplicaAcks),
		"unsafe_durability": noArgs(&s.UnsafeDurability),
		"mark":              oneArg(&s.Mark),
	})
}

func (s *RedisStore) parseAddress(d *caddyfile.Dispenser) error {
	s.Addresses = d.RemainingArgs()
	if len(s.Addresses) == 0 {
		return errArguments
	}
	return nil
}

// parseTLS reads tls, on or off. What follows in braces is only for on.
func (s *RedisStore) parseTLS(d *caddyfile.Dispenser) error {
	words := d.RemainingArgs()
	if len(words) > 1 {
		return errArguments
	}
	if len(words) == 1 && words[0] == "off" {
		if d.NextBlock(d.Nesting()) {
			return d.Err("tls: off has no options")
		}
		return nil
	}
	if len(words) == 1 && words[0] != "on" {
		return d.Errf("tls: %q is neither on nor off", words[0])
	}
	s.TLS = new(RedisTLS)
	return parseBlock(d, "store redis: tls", options{
		"ca_file":     oneArg(&s.TLS.CAFile),
		"server_name": oneArg(&s.TLS.ServerName),
		"certificate": once(func(d *caddyfile.Dispenser) error {
			if !d.AllArgs(&s.TLS.CertificateFile, &s.TLS.KeyFile) {
				return errArguments
			}
			return nil
		}),
	})
}

func (s *RedisStore) parseTimeout(d *caddyfile.Dispenser) error {
	var word string
	if !d.AllArgs(&word) {
		return errArguments
	}
	length, err := caddy.ParseDuration(word)
	if err != nil || length < minRedisTimeout || length > maxRedisTimeout {
		return d.Errf("timeout: %q is not a duration from %s to %s", word, minRedisTimeout, maxRedisTimeout)
	}
	s.Timeout = caddy.Duration(length)
	return nil
}

// number is an option with a number from 0 on.
func number(into *int) option {
	return once(func(d *caddyfile.Dispenser) error {
		option := d.Val()
		var word string
		if !d.AllArgs(&word) {
			return errArguments
		}
		n, err := strconv.Atoi(word)
		if err != nil || n < 0 {
			return d.Errf("%s: %q is not a number from 0 on", option, word)
		}
		*into = n
		return nil
	})
}

// Interface guards
var _ caddyfile.Unmarshaler = (*RedisStore)(nil)
