package admin_test

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// A twin is what a record has to be, in the words of neither dialect.
type twin struct {
	calls, limit int64 // limit 0: none
	on           bool
	ends         time.Time // zero: never
	rid, note    string
}

// admits is the rule of both dialects and of the gate.
func (m *twin) admits(now time.Time) int {
	switch {
	case !m.on:
		return 403
	case !m.ends.IsZero() && !now.Before(m.ends), m.limit > 0 && m.calls >= m.limit:
		return 410
	}
	return 200
}

// twins plays calls of both dialects to one API and to a model of it.
type twins struct {
	*api
	rt    *rapid.T
	model map[string]*twin
	links []string // that were ever made
}

// TestBothDialectsAreOneAPI lets random calls of both dialects work on the same
// records and compares with one model: it does not matter by which of them a
// record was made, changed, used or deleted.
func TestBothDialectsAreOneAPI(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		w := &twins{api: newAPI(t), rt: rt, model: map[string]*twin{}}
		rt.Repeat(map[string]func(*rapid.T){
			"create in Token2GO": func(*rapid.T) { w.createHere() },
			"create in Flextype": func(*rapid.T) { w.createThere() },
			"change in Token2GO": func(*rapid.T) { w.changeHere() }, "change in Flextype": func(*rapid.T) { w.changeThere() },
			"delete in Token2GO": func(*rapid.T) { w.delete(true) }, "delete in Flextype": func(*rapid.T) { w.delete(false) },
			"use": func(*rapid.T) { w.use() }, "time": func(rt *rapid.T) { w.wait(time.Duration(rapid.IntRange(1, 90).Draw(rt, "s")) * time.Second) },
			"": func(*rapid.T) { w.compare() },
		})
	})
}

// draw draws one of some texts; an empty one stands for a member left out.
func (w *twins) draw(label string, from ...string) string {
	return rapid.SampledFrom(from).Draw(w.rt, label)
}

// link draws one of the links, or one that is unknown.
func (w *twins) link() string {
	return rapid.SampledFrom(append(w.links, "00000000000000000000000000000000")).Draw(w.rt, "link")
}

func (w *twins) createHere() {
	m := &twin{on: true, rid: "r", ends: w.clock().Truncate(time.Microsecond).Add(2 * time.Minute)}
	count := w.draw("cnt", "", `,"cnt":-1`, `,"cnt":null`, `,"cnt":2`)
	if count == `,"cnt":2` {
		m.limit = 2
	}
	w.made(w.create(`{"rid":"r","iss":"i","url":"http://h/","exp":2`+count+`}`), m)
}

func (w *twins) createThere() {
	m := &twin{on: true}
	data := `"note":"a"`
	m.note = "a"
	switch n := rapid.IntRange(0, 3).Draw(w.rt, "limit_calls"); n {
	case 3:
	default:
		data += fmt.Sprintf(`,"limit_calls":%d`, n)
		m.limit = int64(n)
	}
	if w.draw("exp", "", "1") != "" {
		data += `,"exp":1,"rid":"r"`
		m.rid, m.ends = "r", w.clock().Truncate(time.Microsecond).Add(time.Minute)
	}
	if n := rapid.IntRange(0, 2).Draw(w.rt, "calls"); n > 0 {
		data += fmt.Sprintf(`,"calls":%d`, n)
		m.calls = int64(n)
	}
	if w.draw("state", "", "off") != "" {
		data += `,"state":"disabled"`
		m.on = false
	}
	w.made(idOf(w.flexCreate(w.both, "{"+data+"}")), m)
}

func (w *twins) made(link string, m *twin) {
	w.model[link] = m
	w.links = append(w.links, link)
}

// change draws a change, applies it to the model and returns the bodies that
// ask for it here and there.
func (w *twins) change(m *twin) (here, there string) {
	switch w.draw("change", "limit", "no limit", "state", "exp", "note") {
	case "limit":
		n := rapid.IntRange(1, 3).Draw(w.rt, "n")
		m.limit = int64(n)
		return fmt.Sprintf(`{"cnt":%d}`, n), fmt.Sprintf(`{"limit_calls":%d}`, n)
	case "no limit":
		m.limit = 0
		return `{"cnt":-1}`, `{"limit_calls":0}`
	case "state":
		m.on = !m.on
		state := map[bool]string{true: `{"state":"enabled"}`, false: `{"state":"disabled"}`}[m.on]
		return state, state
	case "exp":
		m.ends = w.clock().Truncate(time.Microsecond).Add(time.Minute)
		return `{"exp":1}`, `{"exp":1}`
	default:
		m.note += "b"
		return `{"data":{"note":"` + m.note + `"}}`, `{"note":"` + m.note + `"}`
	}
}

func (w *twins) changeHere() { w.changed(true) }

func (w *twins) changeThere() { w.changed(false) }

func (w *twins) changed(here bool) {
	link := w.link()
	m, known := w.model[link]
	status := 200
	if !known {
		m, status = new(twin), 404
	}
	bodyHere, bodyThere := w.change(m)
	if here {
		w.do("PATCH", "/api/v1/token/"+link, bodyHere, as(w.both)).is(status)
		return
	}
	w.do("PATCH", flex, inBody(w.both, `,"id":"`+link+`","data":`+bodyThere)).is(status)
}

func (w *twins) delete(here bool) {
	link := w.link()
	_, known := w.model[link]
	delete(w.model, link)
	if here {
		if r := w.do("DELETE", "/api/v1/token/"+link, "", as(w.both)).is(200); (r.number("deleted") == 1) != known {
			w.rt.Fatalf("known %v: %s", known, r.text)
		}
		return
	}
	w.do("DELETE", flex, inBody(w.both, `,"id":"`+link+`"`)).is(map[bool]int{true: 204, false: 404}[known])
}

// use opens the link as a gate does.
func (w *twins) use() {
	link := w.link()
	m, known := w.model[link]
	want := 404
	if known {
		want = m.admits(w.clock())
	}
	w.do("GET", "/api/v1/token/validate/"+link+"?t=link", "", as(w.both)).is(want)
	if want == 200 {
		m.calls++
	}
}
