package integration

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
)

func TestTheUpstreamKnowsWhoseRequestItIs(t *testing.T) {
	t.Parallel()
	up := startRecorder(t, nil)
	g := startGateway(t, setup{upstream: up.addr, site: "linkgate {\nsession off\n}\nreverse_proxy UPSTREAM"})
	counted, uncounted := g.limited(t, 5), g.mint(t, mint{RID: "Zoë", Issuer: "herbst & co"})
	want := func(name, value string) {
		t.Helper()
		if got := up.last(t).Header.Values(name); len(got) != 1 || got[0] != value {
			t.Errorf("the upstream saw %s %q, want %q", name, got, value)
		}
	}
	g.get(t, "/"+counted.Link).wantStatus(t, 200)
	g.get(t, "/"+counted.JWT).wantStatus(t, 200)
	want("X-Linkgate-Rid", "cust1234")
	want("X-Linkgate-Iss", "cpg")
	want("X-Linkgate-Counter", "2")
	want("X-Linkgate-Remaining", "3")
	g.get(t, "/"+uncounted.Link).wantStatus(t, 200)
	want("X-Linkgate-Rid", "Zo%C3%AB")
	want("X-Linkgate-Iss", "herbst & co")
	want("X-Linkgate-Counter", "1")
	want("X-Linkgate-Remaining", "-1")
}

func TestNobodyForgesOrRemovesAnIdentityHeader(t *testing.T) {
	t.Parallel()
	up := startRecorder(t, nil)
	g := startGateway(t, setup{upstream: up.addr, site: "linkgate {\nsession off\n}\nreverse_proxy UPSTREAM"})
	tok := g.limited(t, 1000)
	names := []string{
		"X-Linkgate-Rid", "x-linkgate-rid", "X-LINKGATE-RID", "X_Linkgate_Rid", "X-Linkgate_Rid", "X.Linkgate.Rid",
		"x_linkgate-RID", "X-Linkgate-Admin", "X-Linkgate-", "X-Linkgate.Iss", "X-Linkgate-Remaining", "X-Linkgate-Counter",
	}
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			before := up.count()
			g.get(t, "/"+tok.Link, name, "forged", name, "forged again").wantStatus(t, 200)
			up.wantCount(t, before+1)
			wantOneIdentity(t, up.last(t))
		})
	}
	for _, connection := range []string{
		"X-Linkgate-Rid", "close, X-Linkgate-Rid", "x-linkgate-rid , x-linkgate-iss", "keep-alive,X-LINKGATE-RID,X-Linkgate-Counter",
	} {
		t.Run("Connection: "+connection, func(t *testing.T) {
			before := up.count()
			g.get(t, "/"+tok.Link, "Connection", "X-Other", "Connection", connection, "X-Other", "hop").wantStatus(t, 200)
			up.wantCount(t, before+1)
			wantOneIdentity(t, up.last(t))
			if up.last(t).Header.Get("X-Other") != "" {
				t.Error("Connection no longer removes what it may remove")
			}
		})
	}
}

// wantOneIdentity fails unless the headers are ours and nobody else's.
func wantOneIdentity(t *testing.T, a arrival) {
	t.Helper()
	found := 0
	for _, h := range []http.Header{a.Header, a.Trailer} {
		for name, values := range h {
			folded := strings.NewReplacer("_", "-", ".", "-").Replace(strings.ToLower(name))
			if strings.HasPrefix(folded, "x-linkgate-") {
				found += len(values)
			}
		}
	}
	if found != 4 || a.holds("forged") {
		t.Errorf("the upstream saw %d headers of ours, want 4: %v, trailer %v", found, a.Header, a.Trailer)
	}
	if got := a.Header.Values("X-Linkgate-Rid"); len(got) != 1 || got[0] != "cust1234" {
		t.Errorf("the upstream saw X-Linkgate-Rid %q", got)
	}
}

func TestForgedTrailersDoNotArrive(t *testing.T) {
	t.Parallel()
	up := startRecorder(t, nil)
	g := startGateway(t, setup{upstream: up.addr})
	overH2 := startGateway(t, setup{upstream: "h2c://" + up.addr})
	for name, g := range map[string]*gateway{"HTTP/1.1": g, "h2c to the upstream": overH2} {
		tok := g.mint(t, mint{})
		cases := map[string]struct{ announced, kept string }{
			"announced":                            {"X-Linkgate-Rid", ""},
			"announced in another spelling":        {"x-linkgate-RID, X-Checksum", "X-Checksum"},
			"not announced":                        {"", ""},
			"not announced, beside one that is":    {"X-Checksum", "X-Checksum"},
			"announced with a name much like ours": {"X-Linkgatekeeper", "X-Linkgatekeeper"},
		}
		for what, c := range cases {
			t.Run(name+", "+what, func(t *testing.T) {
				before := up.count()
				request := "POST /" + tok.Link + " HTTP/1.1\r\nHost: " + g.site + "\r\nTransfer-Encoding: chunked\r\n"
				if c.announced != "" {
					request += "Trailer: " + c.announced + "\r\n"
				}
				request += "\r\n4\r\nbody\r\n0\r\nX-Linkgate-Rid: forged\r\nX_Linkgate_Iss: forged\r\nX-Checksum: 1\r\nX-Linkgatekeeper: 1\r\n\r\n"
				roundTrip(t, g.site, http.MethodPost, request).wantStatus(t, 200)
				up.wantCount(t, before+1)
				a := up.last(t)
				wantOneIdentity(t, a)
				if a.Body != "body" {
					t.Errorf("the body is %q", a.Body)
				}
				if c.kept != "" && a.Trailer.Get(c.kept) != "1" {
					t.Errorf("the trailer %s is gone: %v", c.kept, a.Trailer)
				}
			})
		}
	}
}

func TestForgeriesOverHTTP2DoNotArrive(t *testing.T) {
	t.Parallel()
	up := startRecorder(t, nil)
	g := startGateway(t, setup{upstream: up.addr, global: "servers {\nprotocols h1 h2c\n}"})
	tok := g.mint(t, mint{})
	transport := &http.Transport{Protocols: new(http.Protocols), DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, g.site)
	}}
	transport.Protocols.SetUnencryptedHTTP2(true)
	defer transport.CloseIdleConnections()

	body := &trailing{Reader: strings.NewReader("body")}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, fmt.Sprintf("http://%s/%s", g.site, tok.Link), body)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("X-Linkgate-Iss", "forged")
	r.Trailer = http.Header{"X-Linkgate-Rid": nil, "X-Checksum": nil}
	body.atEnd = func() { r.Trailer.Set("X-Linkgate-Rid", "forged"); r.Trailer.Set("X-Checksum", "1") }
	resp, err := transport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	got, err := readAnswer(resp)
	if err != nil || resp.ProtoMajor != 2 {
		t.Fatalf("%v over %s", err, resp.Proto)
	}
	got.wantStatus(t, 200)
	a := up.only(t)
	wantOneIdentity(t, a)
	if a.Body != "body" || a.Trailer.Get("X-Checksum") != "1" {
		t.Errorf("the upstream saw %+v", a)
	}
}

// trailing calls atEnd before it says that the text is over.
type trailing struct {
	*strings.Reader
	atEnd func()
}

func (r *trailing) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	if err == io.EOF {
		r.atEnd()
	}
	return n, err
}
