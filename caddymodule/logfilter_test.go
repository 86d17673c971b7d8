package caddymodule_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"
	"github.com/caddyserver/caddy/v2/modules/caddyhttp"
	"github.com/caddyserver/caddy/v2/modules/logging"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/linkgate/linkgate/caddymodule"
)

// One token, its secret and what may be seen of it.
const (
	loggedLink   = "48851f26b437494fb4661dcdb2c8d004"
	loggedSecret = "5b4e0c1f9a7d43e2b6c8d0f1a2b3c4d5"
	loggedJWT    = "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9." +
		"eyJyaWQiOiJjdXN0MTIzNCIsImV4cCI6MTY2MjkxMzgxMiwiX2lkIjoiNDg4NTFmMjZiNDM3NDk0ZmI0NjYxZGNkYjJjOGQwMDQifQ." +
		"nAdnSEVeqdnsItF8OBZ82cBHDZDysm1CWq6GLRcuxrQ"
	loggedPrint = "afd18269"
)

// encode writes one log entry through a format filter block with these lines
// and fails if a secret is left in it.
func encode(t *testing.T, lines string, fields ...zapcore.Field) string {
	t.Helper()
	enc := new(logging.FilterEncoder)
	if err := enc.UnmarshalCaddyfile(caddyfile.NewTestDispenser("filter {\n" + lines + "\n}")); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := caddy.NewContext(caddy.Context{Context: t.Context()})
	t.Cleanup(cancel)
	if err := enc.Provision(ctx); err != nil {
		t.Fatal(err)
	}
	buf, err := enc.EncodeEntry(zapcore.Entry{Message: "handled request"}, fields)
	if err != nil {
		t.Fatal(err)
	}
	entry := buf.String()
	if !json.Valid([]byte(entry)) {
		t.Errorf("the entry is no JSON: %s", entry)
	}
	for _, secret := range append([]string{loggedLink, loggedSecret}, strings.Split(loggedJWT, ".")[1:]...) {
		if strings.Contains(entry, secret) {
			t.Errorf("%q is in the log: %s", secret, entry)
		}
	}
	return entry
}

// tokenRequest is a request that carries one token wherever one can be.
func tokenRequest() *http.Request {
	r := httptest.NewRequest(http.MethodGet, "/mytag/"+loggedLink+"/a.css?x=1&t="+loggedJWT, nil)
	r.Header.Set("Referer", "https://example.com/mytag/"+loggedLink+"?from=mail")
	r.Header.Set("X-Link-Token", loggedJWT)
	r.Header.Add("X-Api-Key", loggedLink+"."+loggedSecret)
	r.Header.Add("X-Api-Key", "other")
	r.Header.Set("Authorization", "Bearer "+loggedLink)
	r.Header[loggedLink] = []string{"a header with a link for its name"}
	return r
}

func request(r *http.Request, credentials bool) zapcore.Field {
	return zap.Object("request", caddyhttp.LoggableHTTPRequest{Request: r, ShouldLogCredentials: credentials})
}

func TestLogFilterMasksSingleFieldsOfAnAccessLog(t *testing.T) {
	t.Parallel()
	r := tokenRequest()
	delete(r.Header, loggedLink)
	entry := encode(t, `
		request>uri                    linkgate
		request>headers>Referer        linkgate
		request>headers>X-Link-Token   linkgate
		request>headers>X-Api-Key      linkgate
		request>headers>Authorization  linkgate`, request(r, true))
	for _, want := range []string{
		`"uri":"/mytag/link:` + loggedPrint + `/a.css?x=1&t=jwt:` + loggedPrint + `"`,
		`"Referer":["https://example.com/mytag/link:` + loggedPrint + `?from=mail"]`,
		`"X-Link-Token":["jwt:` + loggedPrint + `"]`,
		`"X-Api-Key":["credential:` + loggedPrint + `","other"]`,
		`"Authorization":["Bearer link:` + loggedPrint + `"]`,
		`"method":"GET"`,
	} {
		if !strings.Contains(entry, want) {
			t.Errorf("%s is not in %s", want, entry)
		}
	}
}

func TestLogFilterMasksWholeObjects(t *testing.T) {
	t.Parallel()
	for name, lines := range map[string]string{
		"all headers":       "request>uri linkgate\nrequest>headers linkgate",
		"the whole request": "request linkgate",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			entry := encode(t, lines, request(tokenRequest(), true))
			for _, want := range []string{`"link:` + loggedPrint + `":["a header`, `"Bearer link:` + loggedPrint, `/a.css?x=1&t=jwt:`} {
				if !strings.Contains(entry, want) {
					t.Errorf("%s is not in %s", want, entry)
				}
			}
		})
	}
}

func TestLogFilterLeavesCaddysOwnRedaction(t *testing.T) {
	t.Parallel()
	entry := encode(t, "request linkgate", request(tokenRequest(), false))
	if !strings.Contains(entry, `"Authorization":["REDACTED"]`) {
		t.Errorf("Authorization is not redacted in %s", entry)
	}
}

func TestLogFilterMasksEveryKindOfField(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		field zapcore.Field
		want  string
	}{
		"text":                   {zap.String("f", loggedLink), `"f":"link:` + loggedPrint + `"`},
		"an error":               {zap.NamedError("f", errors.New("no token "+loggedLink)), `"f":"no token link:` + loggedPrint + `"`},
		"an error by reflection": {zap.Reflect("f", errors.New(loggedLink)), `"f":`},
		"a list of text":         {zap.Strings("f", []string{loggedJWT, "x"}), `"f":["jwt:` + loggedPrint + `","x"]`},
		"bytes":                  {zap.ByteString("f", []byte(loggedLink)), `"f":`},
		"a struct": {
			zap.Reflect("f", struct{ A, B any }{"t=" + loggedLink, []any{1, loggedJWT, nil, true, map[string]any{loggedLink: 2.5}}}),
			`"f":{"A":"t=link:` + loggedPrint + `","B":[1,"jwt:` + loggedPrint + `",null,true,{"link:` + loggedPrint + `":2.5}]}`,
		},
		"a named string":          {zap.Reflect("f", caddy.ModuleID(loggedLink)), `"f":"link:` + loggedPrint + `"`},
		"what JSON cannot hold":   {zap.Reflect("f", map[string]any{loggedLink: func() {}}), `"f":{"link:` + loggedPrint + `":"not encodable"}`},
		"a number of 32 digits":   {zap.Reflect("f", json.RawMessage("12345678901234567890123456789012")), `"f":12345678901234567890123456789012`},
		"a number":                {zap.Int("f", 7), `"f":7`},
		"a boolean":               {zap.Bool("f", true), `"f":true`},
		"a time":                  {zap.Time("f", at), `"f":17`},
		"a duration in an object": {zap.Dict("f", zap.Duration("d", time.Second), zap.Int("n", 1)), `"f":{"d":1,"n":1}`},
		"nothing":                 {zap.Reflect("f", nil), `"f":null`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if entry := encode(t, "f linkgate", c.field); !strings.Contains(entry, c.want) {
				t.Errorf("%s is not in %s", c.want, entry)
			}
		})
	}
}

func TestLogFilterLeavesTheFieldForCaddysOtherFilters(t *testing.T) {
	t.Parallel()
	list := caddyhttp.LoggableStringArray{"https://example.com/mytag/" + loggedLink}
	entry := encode(t, `
		wrap filter {
			f regexp "https://[^/]+" "https://…"
		}
		f linkgate`, zap.Array("f", list))
	if want := `["https://…/mytag/link:` + loggedPrint + `"]`; !strings.Contains(entry, want) {
		t.Errorf("%s is not in %s", want, entry)
	}
}

func TestLogFilterDoesNotChangeTheRequest(t *testing.T) {
	t.Parallel()
	r := tokenRequest()
	before := r.Header.Clone()
	encode(t, "request linkgate", request(r, true))
	if got := r.Header.Get("X-Link-Token"); got != before.Get("X-Link-Token") {
		t.Errorf("the request's header became %q", got)
	}
}

func TestLogFilterTakesNoOptions(t *testing.T) {
	t.Parallel()
	for name, line := range map[string]string{
		"an argument": "request>uri linkgate all",
		"a block":     "request>uri linkgate {\n key x\n}",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := new(logging.FilterEncoder).UnmarshalCaddyfile(caddyfile.NewTestDispenser("filter {\n" + line + "\n}"))
			if err == nil || bytes.Contains([]byte(err.Error()), []byte("panic")) {
				t.Errorf("got %v, want an error that names the surplus word", err)
			}
		})
	}
}

func TestLogFilterIsRegisteredUnderItsContractName(t *testing.T) {
	t.Parallel()
	info, err := caddy.GetModule("caddy.logging.encoders.filter.linkgate")
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := info.New().(*caddymodule.LogFilter); !ok {
		t.Errorf("New gives a %T", info.New())
	}
}
