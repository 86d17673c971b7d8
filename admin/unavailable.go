package admin

import "net/http"

// WriteUnavailable answers a request to the API while there is no store to ask
// yet, or none any more.
func WriteUnavailable(w http.ResponseWriter, r *http.Request) {
	setCommon(w.Header())
	if (r.Method == http.MethodGet || r.Method == http.MethodHead) && r.URL.Path == base+"health" {
		degraded().write(w, r)
		return
	}
	unavailable().write(w, r)
}
