package caddymodule

import (
	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"
	"github.com/caddyserver/caddy/v2/modules/caddyhttp"
	"github.com/caddyserver/caddy/v2/modules/logging"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/linkgate/linkgate/caddymodule/mask"
)

// LogFilter is a log field filter that puts a short fingerprint in the place
// of every link, JWT and credential inside the field, and keeps the rest of
// the value:
//
//	"/mytag/48851f26b437494fb4661dcdb2c8d004/a.css?x=1"
//	"/mytag/link:afd18269/a.css?x=1"
//
// Link, JWT and credential of one token have the same fingerprint: the first
// eight digits of the link's SHA-256 sum. So a token can be followed through
// a log, by those who know it, and by nobody else used.
//
// It works on text, on lists of text such as the values of a header, and on
// whole objects, of which it filters every member: request>headers covers all
// headers at once. Numbers, times and booleans stay as they are.
//
// Name it on the fields where a token may stand, on the access log and on the
// default log, where errors are written:
//
//	log default {
//		format filter {
//			request>uri     linkgate
//			request>headers linkgate
//		}
//	}
type LogFilter struct{}

// CaddyModule returns the Caddy module information.
func (LogFilter) CaddyModule() caddy.ModuleInfo {
	return caddy.ModuleInfo{
		ID:  "caddy.logging.encoders.filter.linkgate",
		New: func() caddy.Module { return new(LogFilter) },
	}
}

// UnmarshalCaddyfile sets up the filter from Caddyfile tokens. Syntax:
//
//	<field> linkgate
func (*LogFilter) UnmarshalCaddyfile(d *caddyfile.Dispenser) error {
	d.Next() // the filter's name
	if d.NextArg() {
		return d.ArgErr()
	}
	if d.NextBlock(0) {
		return d.Errf("linkgate: unrecognized option %q: this log filter has none", d.Val())
	}
	return nil
}

// Filter returns the field without its tokens.
func (LogFilter) Filter(in zapcore.Field) zapcore.Field {
	switch in.Type {
	case zapcore.StringType:
		in.String = mask.Text(in.String)
		return in
	case zapcore.ByteStringType, zapcore.BinaryType:
		if b, ok := in.Interface.([]byte); ok {
			in.Interface = []byte(mask.Text(string(b)))
		}
		return in
	case zapcore.ArrayMarshalerType, zapcore.ObjectMarshalerType,
		zapcore.ErrorType, zapcore.StringerType, zapcore.ReflectType:
		return maskedField(in)
	default:
		return in // a number, a time or a boolean holds no token
	}
}

// maskedField reads what a composite field would write and masks that.
func maskedField(in zapcore.Field) zapcore.Field {
	if list, ok := in.Interface.(caddyhttp.LoggableStringArray); ok {
		return zap.Array(in.Key, maskedStrings(list))
	}
	read := zapcore.NewMapObjectEncoder()
	in.AddTo(read)
	return maskedValue(in.Key, read.Fields[in.Key])
}

// maskedStrings keeps Caddy's own type, which Caddy's other filters ask for.
func maskedStrings(list []string) caddyhttp.LoggableStringArray {
	out := make(caddyhttp.LoggableStringArray, len(list))
	for i, s := range list {
		out[i] = mask.Text(s)
	}
	return out
}

// Interface guards
var (
	_ logging.LogFieldFilter = (*LogFilter)(nil)
	_ caddyfile.Unmarshaler  = (*LogFilter)(nil)
)
