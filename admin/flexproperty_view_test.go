package admin_test

// A view is what a dialect shows of a record, in the words of neither.
type view struct {
	calls, limit, ends int64
	state, rid, note   any
}

// compare looks at every record in both dialects.
func (w *twins) compare() {
	for _, link := range w.links {
		there := w.do("GET", flex+"?id="+link, "", as(w.both))
		here := w.do("GET", "/api/v1/token/"+link+"?t=link", "", as(w.both)).is(200)
		m, known := w.model[link]
		if !known {
			if there.status != 404 || here.number("total") != 0 {
				w.rt.Fatalf("a record that is gone: %d, %s", there.status, here.text)
			}
			continue
		}
		want := view{calls: m.calls, limit: m.limit, state: "disabled", rid: textOrNull(m.rid), note: textOrNull(m.note)}
		if m.on {
			want.state = "enabled"
		}
		if !m.ends.IsZero() {
			want.ends = m.ends.Unix()
		}
		if got := viewThere(there.is(200)); got != want {
			w.rt.Fatalf("Flextype shows %+v, want %+v", got, want)
		}
		want.note = nil // which the other dialect keeps and does not show
		if got := viewHere(reply{t: w.t, json: here.items()[0]}); got != want {
			w.rt.Fatalf("Token2GO shows %+v, want %+v", got, want)
		}
	}
}

func viewThere(r reply) view {
	v := view{calls: r.number("calls"), limit: r.number("limit_calls"), state: r.json["state"], rid: r.json["rid"], note: r.json["note"]}
	if r.json["expires_at"] != nil {
		v.ends = r.number("expires_at")
	}
	return v
}

func viewHere(r reply) view {
	v := view{calls: r.number("counter"), limit: r.number("cnt"), state: r.json["state"], rid: r.json["rid"]}
	if v.limit == -1 {
		v.limit = 0
	}
	if r.json["exp"] != nil {
		v.ends = r.number("exp")
	}
	return v
}

// textOrNull is null for no text.
func textOrNull(text string) any {
	if text == "" {
		return nil
	}
	return text
}
