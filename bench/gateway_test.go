package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// script makes a program that stands in for Caddy.
func script(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "caddy")
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+text+"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestACaddyThatDoesNotStartSaysWhy(t *testing.T) {
	t.Parallel()
	ports, err := freePorts(1)
	if err != nil {
		t.Fatal(err)
	}
	caddy := script(t, `echo "unrecognized global option: linkgate" >&2; exit 3`)
	_, err = startGateway(t.Context(), caddy, t.TempDir(), layout{Admin: ports[0]})
	if err == nil || !strings.Contains(err.Error(), "unrecognized global option") || !strings.Contains(err.Error(), "exit status 3") {
		t.Errorf("got %v", err)
	}
}

func TestAProgramThatIsNoCaddyIsTrouble(t *testing.T) {
	t.Parallel()
	var out, notes bytes.Buffer
	if code := run([]string{"-caddy", script(t, "echo v1"), "-quick"}, &out, &notes); code != exitTrouble {
		t.Errorf("ends with %d", code)
	}
	if out.Len() > 0 || !strings.Contains(notes.String(), "who built Caddy") {
		t.Errorf("prints %q and says %q", &out, &notes)
	}
}

func TestPortsDiffer(t *testing.T) {
	t.Parallel()
	ports, err := freePorts(20)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[int]bool{}
	for _, one := range ports {
		if seen[one] || one == 0 {
			t.Errorf("got %v", ports)
		}
		seen[one] = true
	}
}

func TestTheCaddyfileNamesEverySite(t *testing.T) {
	t.Parallel()
	var text bytes.Buffer
	l := layout{Bare: 11, Control: 12, Gate: 13, Admin: 14, Upstream: "127.0.0.1:15", Dir: "/a b", Sync: "everysec"}
	if err := caddyfile.Execute(&text, l); err != nil {
		t.Fatal(err)
	}
	bareSite := ":11 {\n\tbind 127.0.0.1\n\treverse_proxy 127.0.0.1:15\n}"
	for _, want := range []string{
		bareSite, strings.Replace(bareSite, ":11", ":12", 1),
		":13 {\n\tbind 127.0.0.1\n\tlinkgate {\n\t\tsession off\n\t}\n\treverse_proxy 127.0.0.1:15\n}",
		":14 {\n\tbind 127.0.0.1\n\tlinkgate_admin\n}",
		`path "/a b"`, "sync everysec",
	} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("it lacks %q:\n%s", want, &text)
		}
	}
	if strings.Contains(text.String(), "redis") || strings.Contains(text.String(), "forward_auth") {
		t.Errorf("nobody asked for a Redis:\n%s", &text)
	}
}

func TestTheCaddyfileOfAGateOnRedisHasAPeer(t *testing.T) {
	t.Parallel()
	l, err := set{dir: "/d", redis: "127.0.0.1:7", auth: "127.0.0.1:8"}.layout()
	if err != nil {
		t.Fatal(err)
	}
	var text bytes.Buffer
	if err := caddyfile.Execute(&text, l); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"store redis {\n\t\t\taddress 127.0.0.1:7\n\t\t}", "forward_auth 127.0.0.1:8 {\n\t\turi /auth\n\t}",
	} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("it lacks %q:\n%s", want, &text)
		}
	}
	if strings.Contains(text.String(), "badger") || l.Credential != filepath.Join("/d", "caddy") {
		t.Errorf("the credential is in %s:\n%s", l.Credential, &text)
	}
}
