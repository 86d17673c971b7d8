package integration

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestValidateBesideARunningInstanceTouchesNothing(t *testing.T) {
	t.Parallel()
	up := startRecorder(t, nil)
	g := startGateway(t, setup{upstream: up.addr})
	tok := g.limited(t, 5)
	g.get(t, "/"+tok.Link).wantStatus(t, 200)

	mustRun(t, g.command("validate", "--config", g.file, "--adapter", "caddyfile"))
	g.get(t, "/"+tok.Link).wantStatus(t, 200)
	g.wantCounter(t, tok.Link, 2)
	if strings.Contains(g.log.String(), "token store closed") {
		t.Error("validate closed the store of the running instance")
	}
}

func TestValidateAndAdaptMakeNoDirectory(t *testing.T) {
	t.Parallel()
	for _, command := range []string{"validate", "adapt"} {
		g := newGateway(t, setup{global: "linkgate {\nstore badger {\npath HOME/elsewhere/db\n}\n}"})
		mustRun(t, g.command(command, "--config", g.file, "--adapter", "caddyfile"))
		for _, file := range filesIn(t, g.home) {
			if file != "Caddyfile" && !strings.HasPrefix(file, "config") {
				t.Errorf("caddy %s made %s", command, file)
			}
		}
	}
}

func TestTheExampleIsWellFormedAndValid(t *testing.T) {
	t.Parallel()
	example, err := filepath.Abs("../../Caddyfile.example")
	if err != nil {
		t.Fatal(err)
	}
	g := newGateway(t, setup{})
	mustRun(t, g.command("fmt", "--diff", example))
	mustRun(t, g.command("validate", "--config", example, "--adapter", "caddyfile"))
}

func TestValidateRefusesWhatStartWouldRefuse(t *testing.T) {
	t.Parallel()
	cases := map[string]struct{ global, names string }{
		"a jwt_key that is too short":         {"linkgate {\njwt_key k1 tooshort\n}", "jwt_key"},
		"a jwt_key from a missing variable":   {"linkgate {\njwt_key k1 {env.LINKGATE_NOT_SET}\n}", "jwt_key"},
		"an encryption key that is none":      {"linkgate {\nstore badger {\nencryption_key abc\n}\n}", "encryption_key"},
		"a sync mode that is none":            {"linkgate {\nstore badger {\nsync sometimes\n}\n}", "sometimes"},
		"an option that is none":              {"linkgate {\nstroe badger\n}", "stroe"},
		"a store that is none":                {"linkgate {\nstore mongo\n}", "mongo"},
		"a global block that is there twice":  {"linkgate\nlinkgate", "already"},
		"an option that is there twice":       {"linkgate {\nstore badger\nstore badger\n}", "already"},
		"more arguments than an option takes": {"linkgate {\nstore badger {\nsync always no\n}\n}", "option sync: wrong number of arguments"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			g := newGateway(t, setup{global: c.global})
			out, err := g.command("validate", "--config", g.file, "--adapter", "caddyfile").CombinedOutput()
			if err == nil {
				t.Fatalf("the configuration was accepted:\n%s", out)
			}
			if !strings.Contains(string(out), c.names) {
				t.Errorf("the error does not name %q:\n%s", c.names, out)
			}
			if strings.Contains(string(out), "tooshort") {
				t.Errorf("the error shows the secret:\n%s", out)
			}
		})
	}
}

// mustRun runs a command that has to succeed.
func mustRun(t *testing.T, cmd *exec.Cmd) string {
	t.Helper()
	timer := time.AfterFunc(time.Minute, func() { _ = cmd.Process.Kill() })
	defer timer.Stop()
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("caddy %s: %v\n%s", strings.Join(cmd.Args[1:], " "), err, out)
	}
	return string(out)
}

// filesIn lists what lies in a directory and below, relative to it.
func filesIn(t *testing.T, dir string) []string {
	t.Helper()
	var files []string
	err := fs.WalkDir(os.DirFS(dir), ".", func(path string, _ fs.DirEntry, err error) error {
		if path != "." {
			files = append(files, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}
