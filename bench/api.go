package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"time"
)

// lifeMinutes is how long tokens live: longer than any run.
const lifeMinutes = 7 * 24 * 60

// maxListed is the most tokens that one answer of the API lists.
const maxListed = 1000

// An api is the token API of the Caddy under test.
type api struct {
	base       string
	credential string
	client     http.Client
}

// A token is what the gate is asked with.
type token struct {
	Link string `json:"link"`
	JWT  string `json:"token"`
}

// openAPI reads the first credential, which Linkgate left in the store's
// directory.
func openAPI(base, dir string) (*api, error) {
	text, err := os.ReadFile(filepath.Join(dir, "initial_admin.json"))
	if err != nil {
		return nil, fmt.Errorf("reading the first credential: %w", err)
	}
	var file struct {
		Credential string `json:"credential"`
	}
	if err := json.Unmarshal(text, &file); err != nil {
		return nil, fmt.Errorf("reading the first credential: %w", err)
	}
	return &api{base: base, credential: file.Credential, client: http.Client{Timeout: time.Minute}}, nil
}

// mint makes the tokens of a workload, in a campaign of its own.
func (a *api) mint(ctx context.Context, w workload) ([]token, error) {
	order := map[string]any{
		"rid": "bench", "iss": campaign(w), "url": "http://127.0.0.1/bench", "exp": lifeMinutes,
	}
	if w.limit > 0 {
		order["cnt"] = w.limit
	}
	body, err := json.Marshal(order)
	if err != nil {
		return nil, fmt.Errorf("minting: %w", err)
	}
	tokens := make([]token, w.tokens)
	for i := range tokens {
		if err := a.call(ctx, http.MethodPost, "/api/v1/token", body, &tokens[i]); err != nil {
			return nil, fmt.Errorf("minting: %w", err)
		}
	}
	return tokens, nil
}

// counters returns how often each token of a workload was used, as the API
// says, by link.
func (a *api) counters(ctx context.Context, w workload) (map[string]int64, error) {
	path := fmt.Sprintf("/api/v1/token/%s?t=iss&size=%d", url.PathEscape(campaign(w)), maxListed)
	var page struct {
		Items []struct {
			Link    string `json:"link"`
			Counter int64  `json:"counter"`
		} `json:"items"`
	}
	if err := a.call(ctx, http.MethodGet, path, nil, &page); err != nil {
		return nil, fmt.Errorf("reading the counters: %w", err)
	}
	counters := make(map[string]int64, len(page.Items))
	for _, item := range page.Items {
		counters[item.Link] = item.Counter
	}
	return counters, nil
}

// campaign is the issuer of a workload's tokens.
func campaign(w workload) string { return "bench-" + w.name }

// call asks the API and reads its answer.
func (a *api) call(ctx context.Context, method, path string, body []byte, into any) error {
	request, err := http.NewRequestWithContext(ctx, method, a.base+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Bearer "+a.credential)
	request.Header.Set("Content-Type", "application/json")
	answer, err := a.client.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("the API answered with status %d", answer.StatusCode)
	}
	return json.NewDecoder(answer.Body).Decode(into)
}
