package main

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
)

// A gateway is the Caddy under test, as a process of its own.
type gateway struct {
	*process
	layout layout
}

// startGateway runs the Caddy at path with its files below dir, and returns
// when it answers.
func startGateway(ctx context.Context, path, dir string, l layout) (*gateway, error) {
	config := filepath.Join(dir, "Caddyfile")
	var text bytes.Buffer
	if err := caddyfile.Execute(&text, l); err != nil {
		return nil, fmt.Errorf("writing the Caddyfile: %w", err)
	}
	if err := os.WriteFile(config, text.Bytes(), 0o600); err != nil {
		return nil, fmt.Errorf("writing the Caddyfile: %w", err)
	}
	p, err := startProcess(ctx, "the gateway", []string{"HOME=" + dir, "XDG_DATA_HOME=" + dir, "XDG_CONFIG_HOME=" + dir},
		path, "run", "--config", config, "--adapter", "caddyfile")
	if err != nil {
		return nil, err
	}
	g := &gateway{process: p, layout: l}
	if err := p.ready(ctx, g.healthy); err != nil {
		return nil, err
	}
	return g, nil
}

// healthy reports whether the admin API says that the store works.
func (g *gateway) healthy(ctx context.Context) bool {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, g.admin()+"/api/v1/health", nil)
	if err != nil {
		return false
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return false
	}
	answer.Body.Close()
	return answer.StatusCode == http.StatusOK
}

// admin is where the token API is.
func (g *gateway) admin() string { return "http://" + local(g.layout.Admin) }
