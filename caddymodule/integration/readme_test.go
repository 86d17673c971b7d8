package integration

import (
	"bytes"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/caddyserver/caddy/v2/caddyconfig"
	_ "github.com/caddyserver/caddy/v2/modules/standard"

	_ "github.com/linkgate/linkgate/caddymodule"
)

// serveCommand is the one command of the tour that does not end by itself.
const serveCommand = "./xcaddy.sh run"

// A step is a command of the tour and what README.md says that it prints.
// There "…" stands for anything within a line.
type step struct{ command, want string }

// TestReadmeTour does what README.md tells a newcomer to do, in the same
// shell and in the same order.
func TestReadmeTour(t *testing.T) {
	blocks := fencedBlocks(t)
	steps := tourSteps(blocks["console"])
	if len(steps) < 8 {
		t.Fatalf("README.md has %d commands in its tour, and once had more", len(steps))
	}
	home := serveTour(t, blocks["sh"])
	for i, problem := range runTour(t, home, steps) {
		if problem != "" {
			t.Errorf("step %d: %s", i+1, problem)
		}
	}

	t.Run("goes red when an expected line is altered", func(t *testing.T) {
		altered := slices.Clone(steps)
		i := slices.IndexFunc(altered, func(s step) bool { return strings.Contains(s.want, "1 left") })
		altered[i].want = strings.Replace(altered[i].want, "1 left", "2 left", 1)
		wantRed(t, runTour(t, home, altered))
	})
	t.Run("goes red when a command is altered", func(t *testing.T) {
		altered := slices.Clone(steps)
		i := slices.IndexFunc(altered, func(s step) bool { return strings.Contains(s.command, `"cnt": 2`) })
		altered[i].command = strings.Replace(altered[i].command, `"cnt": 2`, `"cnt": 3`, 1)
		wantRed(t, runTour(t, home, altered))
	})
}

func wantRed(t *testing.T, problems []string) {
	t.Helper()
	if !slices.ContainsFunc(problems, func(p string) bool { return p != "" }) {
		t.Error("the tour passed all the same")
	}
}

// TestReadmeCaddyfilesAdapt adapts every Caddyfile that README.md shows.
func TestReadmeCaddyfilesAdapt(t *testing.T) {
	t.Parallel()
	blocks := fencedBlocks(t)
	if len(blocks["caddyfile"]) == 0 {
		t.Fatal("README.md shows no Caddyfile")
	}
	for _, text := range blocks["caddyfile"] {
		caddyfile := strings.Replace(text, "[<matcher>] ", "", 1)
		if strings.HasPrefix(caddyfile, "linkgate") {
			caddyfile = "http://example.com {\n" + caddyfile + "\n}\n"
		}
		if _, _, err := caddyconfig.GetAdapter("caddyfile").Adapt([]byte(caddyfile), nil); err != nil {
			t.Errorf("%v\n%s", err, text)
		}
	}
}

// TestReadmeHasNoBlockThatNobodyRuns keeps blocks out that the tests above
// would pass over. A block in "text" is a picture.
func TestReadmeHasNoBlockThatNobodyRuns(t *testing.T) {
	t.Parallel()
	for language := range fencedBlocks(t) {
		if !slices.Contains([]string{"sh", "console", "caddyfile", "conf", "text"}, language) {
			t.Errorf("README.md has a block in %q, which no test runs", language)
		}
	}
}

// fencedBlocks are the fenced blocks of README.md by language.
func fencedBlocks(t *testing.T) map[string][]string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(repository(t), "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	blocks := make(map[string][]string)
	fences := 0
	for _, m := range regexp.MustCompile("(?ms)^```(\\w+)\n(.*?)^```$").FindAllStringSubmatch(string(text), -1) {
		blocks[m[1]] = append(blocks[m[1]], m[2])
		fences += 2
	}
	if n := strings.Count("\n"+string(text), "\n```"); n != fences {
		t.Fatalf("README.md has %d fences, of which %d belong to a block with a language", n, fences)
	}
	return blocks
}

// tourSteps reads the commands, which follow "$ ", and what they print.
func tourSteps(blocks []string) []step {
	var steps []step
	for _, block := range blocks {
		for line := range strings.Lines(block) {
			if command, ok := strings.CutPrefix(line, "$ "); ok {
				steps = append(steps, step{command: strings.TrimSuffix(command, "\n")})
				continue
			}
			steps[len(steps)-1].want += line
		}
	}
	return steps
}

// serveTour runs the command that README.md serves the example with, once
// it has checked that every other command of those blocks is there to run.
func serveTour(t *testing.T, blocks []string) (home string) {
	t.Helper()
	dir := repository(t)
	serves := 0
	for line := range strings.Lines(strings.Join(blocks, "")) {
		command, _, _ := strings.Cut(strings.TrimSpace(line), " #")
		if command = strings.TrimSpace(command); command == serveCommand {
			serves++
		}
		if _, err := exec.LookPath(filepath.Join(dir, strings.Fields(command)[0])); err != nil {
			t.Errorf("README.md tells to run %s: %v", command, err)
		}
	}
	if serves == 0 {
		t.Fatalf("README.md does not tell to run %s", serveCommand)
	}
	home = t.TempDir()
	cmd := exec.Command("bash", "-c", serveCommand)
	cmd.Dir, cmd.Env = dir, tourEnv(home)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	log := new(logBuffer)
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- cmd.Wait() }()
	t.Cleanup(func() {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM)
		<-done
	})
	if !eventually(8*time.Minute, func() bool { return tourServes() || len(done) > 0 }) || !tourServes() {
		t.Fatalf("%s does not serve:\n%s", serveCommand, log)
	}
	return home
}

func tourServes() bool {
	resp, err := http.Get("http://127.0.0.1:8081/api/v1/health")
	if err != nil {
		return false
	}
	resp.Body.Close()
	return resp.StatusCode == http.StatusOK
}

// tourEnv is this process's environment, but for where Caddy keeps its data.
func tourEnv(home string) []string {
	return append(os.Environ(), "XDG_DATA_HOME="+filepath.Join(home, "data"), "XDG_CONFIG_HOME="+filepath.Join(home, "config"))
}

// runTour runs all steps in one shell and returns a problem, or nothing, for
// each.
func runTour(t *testing.T, home string, steps []step) []string {
	t.Helper()
	const mark = "-- end of step --"
	var script strings.Builder
	for _, s := range steps {
		script.WriteString(s.command + "\necho '" + mark + "'\n")
	}
	cmd := exec.Command("bash", "-u")
	cmd.Dir, cmd.Env = t.TempDir(), tourEnv(home)
	cmd.Stdin = strings.NewReader(script.String())
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil {
		t.Errorf("the tour's shell: %v", err)
	}
	printed := strings.Split(out.String(), mark+"\n")
	if len(printed) != len(steps)+1 {
		t.Fatalf("%d of %d commands ran:\n%s", len(printed)-1, len(steps), out.String())
	}
	problems := make([]string, len(steps))
	for i, s := range steps {
		if !printsAsTold(printed[i], s.want) {
			problems[i] = s.command + "\nprints:\n" + printed[i] + "\nREADME.md says:\n" + s.want
		}
	}
	return problems
}

// printsAsTold reports whether got is want, where "…" in want is anything.
// Output without a newline at its end is read as if it had one.
func printsAsTold(got, want string) bool {
	if got != "" && !strings.HasSuffix(got, "\n") {
		got += "\n"
	}
	parts := strings.Split(want, "…")
	for i := range parts {
		parts[i] = regexp.QuoteMeta(parts[i])
	}
	return regexp.MustCompile(`\A` + strings.Join(parts, `[^\n]+`) + `\z`).MatchString(got)
}

// repository is the top of the checkout.
func repository(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	return dir
}
