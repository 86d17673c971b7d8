package admin_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/linkgate/linkgate/store"
)

// bulk sends a body to the bulk API and returns the lines of the answer.
func (a *api) bulk(body string, header ...string) []map[string]any {
	a.t.Helper()
	w := a.bulkRaw(body, header...)
	if w.Code != http.StatusOK {
		a.t.Fatalf("status %d: %s", w.Code, w.Body)
	}
	if got := w.Header().Get("Content-Type"); got != "application/x-ndjson" {
		a.t.Errorf("content type %q", got)
	}
	return parseLines(a.t, w.Body.Bytes())
}

// bulkRaw sends a body with the credential both; header are names and values
// in turn. The body is NDJSON unless they say otherwise.
func (a *api) bulkRaw(body string, header ...string) *httptest.ResponseRecorder {
	a.t.Helper()
	r := httptest.NewRequest("POST", "/api/v1/token/bulk", strings.NewReader(body))
	r.Header.Set("X-API-Key", a.both)
	r.Header.Set("Content-Type", "application/x-ndjson")
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	a.handler.ServeHTTP(w, r)
	return w
}

// parseLines reads NDJSON.
func parseLines(t testing.TB, text []byte) []map[string]any {
	t.Helper()
	var out []map[string]any
	for line := range bytes.Lines(text) {
		d := json.NewDecoder(bytes.NewReader(line))
		d.UseNumber()
		var m map[string]any
		if err := d.Decode(&m); err != nil {
			t.Fatalf("line %q: %v", line, err)
		}
		out = append(out, m)
	}
	return out
}

// bulkRow is a row with nothing special.
func bulkRow(n int) string {
	return fmt.Sprintf(`{"rid":"cust%d","url":"http://clever.com/mytag/","exp":1440,"iss":"bulk","cnt":3}`, n)
}

// bulkBody are n such rows.
func bulkBody(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(bulkRow(i+1) + "\n")
	}
	return b.String()
}

func TestEachRowIsAnsweredAsACreateWouldBeInOrder(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	before := a.count()
	lines := a.bulk(bulkBody(1000))
	if len(lines) != 1000 {
		t.Fatalf("%d lines", len(lines))
	}
	for i, line := range lines {
		if got := keysOf(line); got != "link token url_link" {
			t.Fatalf("line %d has the members %s", i+1, got)
		}
		kept := a.record(line["link"].(string)).Token
		if kept.RID != fmt.Sprintf("cust%d", i+1) || kept.Issuer != "bulk" || kept.Limit != 3 || kept.Minutes != 1440 ||
			kept.CreatedBy != "uuid-of-write" || kept.State != store.Enabled || kept.UUID == "" {
			t.Fatalf("row %d is kept as %+v", i+1, kept)
		}
		if claims, err := a.keys.Verify(line["token"].(string)); err != nil || claims.Link != kept.Link {
			t.Fatalf("the JWT of row %d says %+v, %v", i+1, claims, err)
		}
	}
	if got := a.count() - before; got != 1000 {
		t.Errorf("%d records were kept", got)
	}
}

func TestABadRowGetsALineAndTheOthersAreMade(t *testing.T) {
	t.Parallel()
	good := bulkRow(1)
	cases := []struct {
		name, row string
		status    string
		detail    string
	}{
		{"a missing field", `{"rid":"r","url":"http://h/","iss":"i"}`, "422", "exp: is required"},
		{"a wrong value", `{"exp":0,"rid":"r","url":"http://h/","iss":"i"}`, "422", "exp: must be an integer"},
		{"a limit of zero", `{"cnt":0,"exp":1,"rid":"r","url":"http://h/","iss":"i"}`, "422", "cnt: must not be 0"},
		{"an unknown field", `{"colour":"red",` + good[1:], "422", "colour: is no field"},
		{"a repeated field", `{"rid":"r",` + good[1:], "422", "rid: is there more than once"},
		{"a field in the wrong case", `{"RID":"r",` + good[1:], "422", "it is spelled"},
		{"text that is no JSON", `{"rid":`, "400", "malformed JSON"},
		{"a list", `[1]`, "422", "the row must be a JSON object"},
		{"broken UTF-8", "{\"rid\":\"\xff\"," + good[8:], "400", "invalid UTF-8"},
		{"two objects on a line", good + good, "400", "malformed JSON"},
		{"more bytes than a row may have", `{"rid":"` + strings.Repeat("x", 70_000) + `"}`, "413", "the row is over"},
		{"far more of them", strings.Repeat("x", 300_000), "413", "the row is over"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			a := newAPI(t)
			before := a.count()
			lines := a.bulk(good + "\n" + c.row + "\n\n \t\r\n" + good + "\r\n" + c.row)
			if len(lines) != 4 {
				t.Fatalf("%d lines", len(lines))
			}
			for i, row := range map[int]string{1: "2", 3: "4"} {
				line := lines[i]
				detail, _ := line["detail"].(string)
				if keysOf(line) != "detail row status" || fmt.Sprint(line["row"]) != row || fmt.Sprint(line["status"]) != c.status || !strings.Contains(detail, c.detail) {
					t.Errorf("line %d is %v, want status %s and %q", i+1, line, c.status, c.detail)
				}
			}
			for _, i := range []int{0, 2} {
				a.record(lines[i]["link"].(string))
			}
			if got := a.count() - before; got != 2 {
				t.Errorf("%d records were kept", got)
			}
		})
	}
}

func TestRowsMayAskForOtherAttributes(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	lines := a.bulk(`{"config":["uuid","cnt"],` + bulkRow(1)[1:] + "\n" + `{"config":[],` + bulkRow(2)[1:])
	if got := keysOf(lines[0]); got != "cnt url_link uuid" {
		t.Errorf("members %s", got)
	}
	if got := keysOf(lines[1]); got != "url_link" {
		t.Errorf("members %s", got)
	}
}

func TestCSVMakesTheSameTokens(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	lines := a.bulk("\xef\xbb\xbfiss,rid,exp,url,cnt,config\r\n"+
		"bulk,\"Ünï, \"\"Co\"\"\",60,http://h/x,3,link;cnt;rid\r\n"+
		"\r\n"+
		"bulk,r2,60,http://h/x,,\n"+
		"bulk,r3,60,http://h/x,null,\n"+
		"bulk,r4,x,http://h/x,,\n"+
		"bulk,r5,60,http://h/x,-1,link\n"+
		"bulk,r\"6,60,http://h/x,,\n"+
		"bulk,r7,60,http://h/x\n"+
		"bulk,\"r\n8\",60,http://h/x,,\n"+
		"bulk,r9,60,http://h/x,,link;colour\n"+
		"bulk,r10,60,http://h/x,,", "Content-Type", "text/csv; charset=UTF-8")
	want := []string{
		"cnt link rid url_link", "link token url_link", "422 cnt", "422 exp", "link url_link",
		"400 malformed CSV", "400 malformed CSV", "422 rid", "422 config", "link token url_link",
	}
	if len(lines) != len(want) {
		t.Fatalf("%d lines: %v", len(lines), lines)
	}
	for i, line := range lines {
		got := keysOf(line)
		if got == "detail row status" {
			got = fmt.Sprintf("%v %s", line["status"], strings.Split(line["detail"].(string), ":")[0])
			if fmt.Sprint(line["row"]) != fmt.Sprint(i+1) {
				t.Errorf("line %d says row %v", i+1, line["row"])
			}
		}
		if got != want[i] {
			t.Errorf("line %d is %v, want %s", i+1, line, want[i])
		}
	}
	if first := lines[0]; first["rid"] != `Ünï, "Co"` || fmt.Sprint(first["cnt"]) != "3" {
		t.Errorf("line 1 is %v", first)
	}
	if kept := a.record(lines[1]["link"].(string)).Token; kept.Limit != store.NoLimit || kept.Minutes != 60 {
		t.Errorf("an empty cell is kept as %+v", kept)
	}
}

func TestAStreamIsRefusedAsAWholeBeforeAnythingIsMade(t *testing.T) {
	t.Parallel()
	csvKind := []string{"Content-Type", "text/csv"}
	row := "\nr,http://h/,1,i,x\n"
	cases := []struct {
		name, body string
		header     []string
		status     int
		detail     string
	}{
		{"a column of no field", "rid,url,exp,iss,colour" + row, csvKind, 422, "colour: is no field"},
		{"a column in the wrong case", "rid,url,exp,iss,CNT" + row, csvKind, 422, "it is spelled"},
		{"a column twice", "rid,url,exp,iss,iss" + row, csvKind, 422, "iss: is there more than once"},
		{"no header line", "", csvKind, 422, "no header line"},
		{"a header line with a broken quote", "rid,u\"rl\n", csvKind, 422, "no header line"},
		{"a header line that is too long", strings.Repeat("x", 70_000) + row, csvKind, 422, "no header line"},
		{"JSON", bulkRow(1), []string{"Content-Type", "application/json"}, 415, "must be application/x-ndjson"},
		{"no kind", bulkRow(1), []string{"Content-Type", ""}, 415, "and say so"},
		{"another charset", bulkRow(1), []string{"Content-Type", "text/csv; charset=latin1"}, 415, "UTF-8"},
		{"a compressed body", bulkRow(1), []string{"Content-Encoding", "gzip"}, 415, "compressed"},
		{"a key without end", bulkRow(1), []string{"Idempotency-Key", `"abc`}, 400, "Idempotency-Key"},
		{"no credential", bulkRow(1), []string{"X-API-Key", ""}, 401, "credential"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			a := newAPI(t)
			before := a.count()
			w := a.bulkRaw(c.body, c.header...)
			if w.Code != c.status || !strings.Contains(w.Body.String(), c.detail) || w.Header().Get("Content-Type") != "application/problem+json" {
				t.Errorf("%d %s", w.Code, w.Body)
			}
			if got := a.count() - before; got != 0 {
				t.Errorf("%d records were kept", got)
			}
		})
	}
}

func TestAReaderMakesNothingInBulk(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	before := a.count()
	if w := a.bulkRaw(bulkRow(1), "X-API-Key", a.reader); w.Code != 403 {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if a.count() != before {
		t.Error("a record was kept")
	}
}

func TestNothingInIsNothingOut(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	for _, kind := range []string{"application/x-ndjson", "application/jsonl", "text/csv"} {
		body := ""
		if kind == "text/csv" {
			body = "rid,iss\n"
		}
		if lines := a.bulk(body, "Content-Type", kind); len(lines) != 0 {
			t.Errorf("%s: %v", kind, lines)
		}
	}
}

func TestACampaignMayBeCalledBulk(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	a.create(`{"rid":"r","url":"http://h/","exp":1,"iss":"bulk"}`)
	if got := len(a.do("GET", "/api/v1/token/bulk?t=iss", "", as(a.both)).is(200).items()); got != 1 {
		t.Errorf("%d items", got)
	}
	a.do("DELETE", "/api/v1/token/bulk", "", as(a.both)).is(200)
	if got := a.do("PUT", "/api/v1/token/bulk", "", as(a.both)).is(405).header.Get("Allow"); got != "DELETE, GET, HEAD, PATCH, POST" {
		t.Errorf("Allow: %s", got)
	}
}
