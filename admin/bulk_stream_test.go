package admin_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/linkgate/linkgate/store"
	"github.com/linkgate/linkgate/store/memory"
)

// patience is how long these tests wait for what has to come.
const patience = 30 * time.Second

// A talk is a request whose body is written while its answer is read.
type talk struct {
	t    *testing.T
	body *io.PipeWriter
	resp chan *http.Response
	read *bufio.Reader
}

// startTalk sends the head of a bulk request to a real server.
func (a *api) startTalk(client *http.Client, url string, header ...string) *talk {
	a.t.Helper()
	from, to := io.Pipe()
	r, err := http.NewRequestWithContext(a.t.Context(), "POST", url+"/api/v1/token/bulk", from)
	if err != nil {
		a.t.Fatal(err)
	}
	r.Header.Set("X-API-Key", a.both)
	r.Header.Set("Content-Type", "application/x-ndjson")
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	k := &talk{t: a.t, body: to, resp: make(chan *http.Response, 1)}
	go func() {
		resp, err := client.Do(r)
		if err != nil {
			close(k.resp)
			return
		}
		k.resp <- resp
	}()
	return k
}

// say writes some of the body.
func (k *talk) say(text string) {
	k.t.Helper()
	if _, err := io.WriteString(k.body, text); err != nil {
		k.t.Fatal(err)
	}
}

// line reads a line of the answer.
func (k *talk) line() string {
	k.t.Helper()
	if k.read == nil {
		select {
		case resp, ok := <-k.resp:
			if !ok || resp.StatusCode != http.StatusOK {
				k.t.Fatalf("the answer is %v", resp)
			}
			k.t.Cleanup(func() { resp.Body.Close() })
			k.read = bufio.NewReader(resp.Body)
		case <-time.After(patience):
			k.t.Fatal("no answer while the body is open")
		}
	}
	line, err := k.read.ReadString('\n')
	if err != nil {
		k.t.Fatal(err)
	}
	return line
}

// serve serves an api on 127.0.0.1.
func (a *api) serve() *httptest.Server {
	a.t.Helper()
	server := httptest.NewServer(a.handler)
	a.t.Cleanup(server.Close)
	return server
}

func TestARowIsAnsweredWhileTheBodyIsOpen(t *testing.T) {
	t.Parallel()
	for name, http2 := range map[string]bool{"HTTP/1.1": false, "HTTP/2": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := newAPI(t)
			server := httptest.NewUnstartedServer(a.handler)
			server.EnableHTTP2 = http2
			server.StartTLS()
			defer server.Close()
			k := a.startTalk(server.Client(), server.URL)
			for n := range 5 {
				k.say(bulkRow(n) + "\n")
				if line := k.line(); !strings.Contains(line, "url_link") {
					t.Fatalf("row %d is answered with %s", n, line)
				}
			}
			k.say(bulkRow(6)) // the last line has no end
			k.body.Close()
			k.line()
			if rest, err := io.ReadAll(k.read); err != nil || len(rest) > 0 {
				t.Errorf("behind the last line there is %q, %v", rest, err)
			}
		})
	}
}

func TestTheConnectionServesTheNextRequest(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	server := a.serve()
	var dials atomic.Int64
	client := &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
		dials.Add(1)
		return (&net.Dialer{}).DialContext(ctx, network, address)
	}}}
	defer client.CloseIdleConnections()
	for range 5 {
		k := a.startTalk(client, server.URL)
		k.say(bulkBody(10))
		k.body.Close()
		for range 10 {
			k.line()
		}
		if _, err := io.ReadAll(k.read); err != nil {
			t.Fatal(err)
		}
	}
	if n := dials.Load(); n != 1 {
		t.Errorf("%d connections for 5 requests", n)
	}
}

func TestAnAbortLosesNothingThatWasAnswered(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	before := a.count()
	server := a.serve()
	client := server.Client()
	k := a.startTalk(client, server.URL, keyed("k")...)
	body := bulkBody(500)
	k.say(body[:len(body)-20]) // in the middle of a row
	var answered []string
	for range 300 {
		answered = append(answered, k.line())
	}
	_ = k.body.CloseWithError(io.ErrUnexpectedEOF)

	var again string
	eventually(t, "the first request to end", func() bool {
		w := a.bulkRaw(body, keyed("k")...)
		again = w.Body.String()
		return w.Code == http.StatusOK
	})
	if !strings.HasPrefix(again, strings.Join(answered, "")) {
		t.Error("what was answered is answered otherwise now")
	}
	if got := len(parseLines(t, []byte(again))); got != 500 {
		t.Errorf("%d lines", got)
	}
	if got := a.count() - before; got != 500 {
		t.Errorf("%d records were kept of 500 rows", got)
	}
}

// eventually waits until something holds.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !holds(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("waited in vain for %s", what)
		}
	}
}

func TestAKeyIsBusyWhileItsRequestRuns(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	server := a.serve()
	k := a.startTalk(server.Client(), server.URL, keyed("k")...)
	k.say(bulkRow(1) + "\n")
	k.line()
	if w := a.bulkRaw(bulkRow(1), keyed("k")...); w.Code != http.StatusConflict {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if w := a.bulkRaw(bulkRow(1), keyed("another")...); w.Code != http.StatusOK {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	k.body.Close()
	eventually(t, "the key to be free", func() bool {
		return a.bulkRaw(bulkRow(1)+"\n", keyed("k")...).Code == http.StatusOK
	})
}

func TestAClientThatDoesNotReadIsNotReadFrom(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	before := a.count()
	conn, err := net.Dial("tcp", a.serve().Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "POST /api/v1/token/bulk HTTP/1.1\r\nHost: x\r\nX-API-Key: %s\r\nContent-Type: application/x-ndjson\r\nContent-Length: 1000000000\r\n\r\n", a.both)
	// Half a megabyte at a time, until no more goes in.
	row, sent := strings.Repeat(bulkRow(1)+"\n", 5000), 0
	for range 2000 {
		_ = conn.SetWriteDeadline(time.Now().Add(2 * time.Second))
		n, err := io.WriteString(conn, row)
		sent += n
		if err != nil {
			break
		}
	}
	if sent > 200<<20 {
		t.Fatalf("%d bytes went in without an answer being read", sent)
	}
	if got := a.count() - before; got == 0 {
		t.Error("nothing was made")
	}
}

// A stopped store holds up each Create until it is let go.
type gated struct {
	store.Store
	mu   sync.Mutex
	hold atomic.Bool
	most atomic.Int64
}

func (g *gated) Create(ctx context.Context, records ...store.Record) error {
	if g.hold.Load() {
		g.mu.Lock()
		defer g.mu.Unlock()
	}
	g.most.Store(max(g.most.Load(), int64(len(records))))
	return g.Store.Create(ctx, records...)
}

func TestNoLineIsWrittenBeforeItsRecordIsKept(t *testing.T) {
	t.Parallel()
	g := &gated{Store: memory.New()}
	a := newAPIOver(t, g)
	before := a.count()
	server := a.serve()
	g.mu.Lock()
	g.hold.Store(true)
	k := a.startTalk(server.Client(), server.URL)
	go func() {
		_, _ = io.WriteString(k.body, bulkBody(5000))
		k.body.Close()
	}()
	select {
	case <-k.resp:
		t.Fatal("the answer began although nothing is kept")
	case <-time.After(300 * time.Millisecond):
	}
	g.mu.Unlock()
	for range 5000 {
		line := parseLines(t, []byte(k.line()))[0]
		a.record(line["link"].(string))
	}
	if got := a.count() - before; got != 5000 {
		t.Errorf("%d records were kept", got)
	}
	if g.most.Load() > 600 {
		t.Errorf("%d records were made in one step", g.most.Load())
	}
}

func TestACredentialThatIsSwitchedOffEndsItsStream(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	server := a.serve()
	k := a.startTalk(server.Client(), server.URL)
	k.say(bulkRow(1) + "\n")
	k.line()
	off := func(t *store.Token) error { t.State = store.Disabled; return nil }
	if _, err := a.store.Update(t.Context(), idOf(a.both), off); err != nil {
		t.Fatal(err)
	}
	before := a.count()
	k.say(bulkRow(2) + "\n")
	if line := k.line(); !strings.Contains(line, `"row":2,"status":403`) {
		t.Errorf("got %s", line)
	}
	k.body.Close()
	if rest, err := io.ReadAll(k.read); err != nil || len(rest) > 0 {
		t.Errorf("then comes %q, %v", rest, err)
	}
	if a.count() != before {
		t.Error("a record was kept")
	}
}

// A panicking store panics in the middle of a stream.
type panicking struct{ store.Store }

func (p panicking) Create(ctx context.Context, records ...store.Record) error {
	if len(records) > 0 && records[0].Token.Issuer == "bulk" {
		panic("secret-of-the-store")
	}
	return p.Store.Create(ctx, records...)
}

func TestAPanicBreaksTheStreamOffAndNothingElse(t *testing.T) {
	t.Parallel()
	a := newAPIOver(t, panicking{memory.New()})
	server := a.serve()
	k := a.startTalk(server.Client(), server.URL)
	k.say(bulkRow(1) + "\n")
	k.body.Close() // the client would wait for it before it looks at the answer
	select {
	case resp, ok := <-k.resp:
		if ok {
			if _, err := io.ReadAll(resp.Body); err == nil {
				t.Error("the answer has an end")
			}
		}
	case <-time.After(patience):
		t.Fatal("no answer")
	}
	a.create(simple)
	if n := a.logs.FilterMessage("panic in the token API").Len(); n != 1 {
		t.Errorf("%d panics are in the log", n)
	}
	for _, entry := range a.logs.All() {
		if strings.Contains(fmt.Sprint(entry.ContextMap()), "secret-of-the-store") {
			t.Error("what the panic quotes is in the log")
		}
	}
}
