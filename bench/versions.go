package main

import (
	"context"
	"debug/buildinfo"
	"fmt"
	"os/exec"
	"strings"
)

// versions are those of the Caddy at path and of the Go that built it.
func versions(ctx context.Context, path string) (caddy, golang string, err error) {
	said, err := exec.CommandContext(ctx, path, "version").Output()
	if err != nil {
		return "", "", fmt.Errorf("asking Caddy for its version: %w", err)
	}
	info, err := buildinfo.ReadFile(path)
	if err != nil {
		return "", "", fmt.Errorf("reading who built Caddy: %w", err)
	}
	caddy, _, _ = strings.Cut(strings.TrimSpace(string(said)), " ")
	return caddy, info.GoVersion, nil
}
