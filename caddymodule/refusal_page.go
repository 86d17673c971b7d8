package caddymodule

import (
	"encoding/json"
	"html/template"
	"net/http"
	"strings"

	"github.com/linkgate/linkgate/store"
)

// details tell a person what is wrong with the link, and nothing about it.
var details = map[store.Reason]string{
	store.Missing:          "This page opens with a link token, and the request has none.",
	store.Unknown:          "There is no such link.",
	store.SwitchedOff:      "This link is switched off.",
	store.NotYet:           "This link is not valid yet.",
	store.Expired:          "This link has expired.",
	store.Exhausted:        "This link has been used up.",
	store.Ambiguous:        "The request carries more than one link token.",
	store.BadPath:          "The address can be read in more than one way.",
	store.EarlyData:        "Please send the request again.",
	store.RateLimited:      "Too many unknown links from this address. Please try again later.",
	store.StoreUnavailable: "The link cannot be checked right now. Please try again in a moment.",
}

// page is the gate's own page. It loads nothing and says nothing about the
// link.
var page = template.Must(template.New("refusal").Parse(`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{.Title}}</title>
<style>
body { font: 1.1rem/1.5 system-ui, sans-serif; max-width: 34rem; margin: 20vh auto; padding: 0 1.5rem; color-scheme: light dark; }
</style>
<h1>{{.Title}}</h1>
<p>{{.Detail}}</p>
</html>
`))

// A problem is the body of a refusal after RFC 9457.
type problem struct {
	Title  string       `json:"title"`
	Status int          `json:"status"`
	Detail string       `json:"detail"`
	Reason store.Reason `json:"reason"`
}

// writeRefusal is the gate's own answer. All unknown links get the same bytes.
func writeRefusal(w http.ResponseWriter, r *http.Request, reason store.Reason) error {
	reason = publicReason(reason)
	status := reason.Status()
	p := problem{Title: http.StatusText(status), Status: status, Detail: details[reason], Reason: reason}
	w.Header().Set("X-Content-Type-Options", "nosniff")
	if !acceptsHTML(r.Header) {
		w.Header().Set("Content-Type", "application/problem+json")
		w.WriteHeader(status)
		return json.NewEncoder(w).Encode(p)
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'")
	w.WriteHeader(status)
	return page.Execute(w, p)
}

// acceptsHTML reports whether Accept names text/html (RFC 9110, section
// 12.5.1), and not just everything.
func acceptsHTML(h http.Header) bool {
	for _, line := range h["Accept"] {
		for entry := range strings.SplitSeq(line, ",") {
			media, params, _ := strings.Cut(entry, ";")
			if strings.EqualFold(strings.TrimSpace(media), "text/html") && !refusedByWeight(params) {
				return true
			}
		}
	}
	return false
}

// refusedByWeight reports whether the parameters hold q=0.
func refusedByWeight(params string) bool {
	for param := range strings.SplitSeq(params, ";") {
		name, value, _ := strings.Cut(strings.TrimSpace(param), "=")
		if strings.EqualFold(name, "q") {
			return strings.Trim(value, "0.") == "" && value != ""
		}
	}
	return false
}

// answerLocally answers a request that asks without using, for a token with a
// limit: it would do so itself, were it sent as a GET.
func answerLocally(w http.ResponseWriter, r *http.Request) error {
	countOutcome(outcomeLocal)
	w.Header().Set("Cache-Control", "no-store")
	setDefault(w.Header(), "Referrer-Policy", referrerPolicy)
	setDefault(w.Header(), "X-Robots-Tag", robotsTag)
	switch r.Method {
	case http.MethodHead:
		w.WriteHeader(http.StatusOK)
	case http.MethodOptions:
		w.WriteHeader(http.StatusNoContent)
	default:
		// a prefetch that is not served makes the browser ask again when
		// its user goes there
		w.WriteHeader(http.StatusServiceUnavailable)
	}
	return nil
}
