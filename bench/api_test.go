package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// openTestAPI opens an API that is answered as given.
func openTestAPI(t *testing.T, serve http.HandlerFunc) *api {
	t.Helper()
	dir := t.TempDir()
	file := `{"token":"id","access_token":"hush","credential":"id.hush"}`
	if err := os.WriteFile(filepath.Join(dir, "initial_admin.json"), []byte(file), 0o600); err != nil {
		t.Fatal(err)
	}
	a, err := openAPI("http://"+site(t, serve), dir)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestTokensAreMintedAsTheWorkloadSays(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		w   workload
		cnt any
	}{
		"with a limit":    {workload{name: "hot", tokens: 3, limit: 7}, 7.0},
		"without a limit": {workload{name: "unlimited", tokens: 1}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var orders []map[string]any
			a := openTestAPI(t, func(w http.ResponseWriter, r *http.Request) {
				if r.Method != http.MethodPost || r.URL.Path != "/api/v1/token" || r.Header.Get("Authorization") != "Bearer id.hush" {
					t.Errorf("%s %s without a credential", r.Method, r.URL.Path)
				}
				var order map[string]any
				if err := json.NewDecoder(r.Body).Decode(&order); err != nil {
					t.Error(err)
				}
				orders = append(orders, order)
				fmt.Fprintf(w, `{"link":"l%d","token":"j%d","url_link":"x"}`, len(orders), len(orders))
			})
			tokens, err := a.mint(t.Context(), tt.w)
			if err != nil || len(tokens) != tt.w.tokens || len(orders) != tt.w.tokens {
				t.Fatalf("got %v, %v", tokens, err)
			}
			if last := len(tokens); tokens[last-1] != (token{fmt.Sprint("l", last), fmt.Sprint("j", last)}) {
				t.Errorf("got %v", tokens)
			}
			if orders[0]["cnt"] != tt.cnt || orders[0]["iss"] != "bench-"+tt.w.name {
				t.Errorf("asked for %v", orders[0])
			}
		})
	}
}

func TestCountersAreReadByLink(t *testing.T) {
	t.Parallel()
	a := openTestAPI(t, func(w http.ResponseWriter, r *http.Request) {
		if got := r.URL.String(); got != "/api/v1/token/bench-hot?t=iss&size=1000" {
			t.Errorf("asked for %s", got)
		}
		io.WriteString(w, `{"items":[{"link":"a","counter":5},{"link":"b","counter":0}],"total":2}`)
	})
	got, err := a.counters(t.Context(), workload{name: "hot"})
	if diff := cmp.Diff(map[string]int64{"a": 5, "b": 0}, got); diff != "" || err != nil {
		t.Error(diff, err)
	}
}

func TestAllTokensOfAWorkloadAreListedAtOnce(t *testing.T) {
	t.Parallel()
	for _, w := range workloads() {
		if w.tokens > maxListed {
			t.Errorf("%s has %d tokens, of which the API lists %d", w.name, w.tokens, maxListed)
		}
	}
}

func TestAnAPIThatRefusesIsAnErrorWithoutTheCredential(t *testing.T) {
	t.Parallel()
	a := openTestAPI(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) })
	_, minting := a.mint(t.Context(), workload{tokens: 1})
	_, reading := a.counters(t.Context(), workload{})
	for _, err := range []error{minting, reading} {
		if err == nil || !strings.Contains(err.Error(), "403") || strings.Contains(err.Error(), "hush") {
			t.Errorf("got %v", err)
		}
	}
}

func TestWithoutACredentialThereIsNoAPI(t *testing.T) {
	t.Parallel()
	if _, err := openAPI("http://127.0.0.1:1", t.TempDir()); err == nil {
		t.Error("opened")
	}
}
