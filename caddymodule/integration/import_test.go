package integration

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/crypto/bcrypt"

	"github.com/linkgate/linkgate/store"
)

// A flextypeTree is a directory of tokens as Flextype keeps them.
type flextypeTree struct {
	dir string
	// api is a token whose secret is known, spent one that has no use left,
	// off one that is switched off; wrong cannot be taken.
	api, spent, off, wrong string
	secret                 string
}

func newFlextypeTree(t *testing.T) flextypeTree {
	t.Helper()
	f := flextypeTree{
		dir: filepath.Join(t.TempDir(), "tokens"), api: store.NewLink(), spent: store.NewLink(),
		off: store.NewLink(), wrong: store.NewLink(), secret: store.NewLink(),
	}
	hash, err := bcrypt.GenerateFromPassword([]byte(f.secret), bcrypt.MinCost)
	if err != nil {
		t.Fatal(err)
	}
	hashed := "hashed_access_token: '$2y$" + string(hash[4:]) + "'\ncreated_by: ''\n"
	for id, text := range map[string]string{
		f.api:   "title: Zoë\n" + hashed + "calls: 2\nlimit_calls: 5\nstate: enabled\ncreated_at: 16-05-2022 11:10\n",
		f.spent: hashed + "calls: 5\nlimit_calls: 5\nstate: enabled\n",
		f.off:   hashed + "calls: 0\nlimit_calls: 0\nstate: disabled\n",
		f.wrong: hashed + "calls: 0\nlimit_calls: '3'\nstate: enabled\n",
	} {
		if err := os.MkdirAll(filepath.Join(f.dir, id), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(f.dir, id, "token.yaml"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return f
}

// imports runs an import, and returns what it printed and whether it ended
// well.
func (g *gateway) imports(args ...string) (out string, well bool) {
	cmd := g.command(append([]string{"linkgate", "import", "--address", g.admin, "--from", "flextype"}, args...)...)
	text, err := cmd.CombinedOutput()
	return string(text), err == nil
}

func TestTokensOfAFlextypeApplicationGoOnWorking(t *testing.T) {
	t.Parallel()
	up := startRecorder(t, nil)
	g := startGateway(t, setup{upstream: up.addr})
	f := newFlextypeTree(t)
	g.secrets.add(f.api, f.spent, f.off, f.wrong, f.secret)

	out, well := g.imports(f.dir)
	if well || !strings.Contains(out, "taken 3, already there 0, refused 1\n") || !strings.Contains(out, "limit_calls: must be an integer") {
		t.Errorf("the import says: %s", out)
	}
	for _, id := range []string{f.api, f.spent, f.off, f.wrong, f.secret} {
		if strings.Contains(out, id) {
			t.Errorf("an id is shown: %s", out)
		}
	}
	g.wantLine(t, `"logger":"linkgate.audit"`, `"action":"importTokens"`, `"records":3`, `"client_ip":"127.0.0.1"`)

	// Its limit was 5 and 2 calls are made: one at the API, two at the gate.
	shown := g.asFlextype(t, f.api, f.secret, http.StatusOK)
	if shown["title"] != "Zoë" || shown["created_at"] != 1652699400.0 || shown["calls"] != 3.0 {
		t.Errorf("the record is %v", shown)
	}
	g.asFlextype(t, f.api, store.NewLink(), http.StatusUnauthorized)
	for _, want := range []int{http.StatusOK, http.StatusOK, http.StatusGone} {
		g.get(t, "/"+f.api).wantStatus(t, want)
	}
	g.asFlextype(t, f.api, f.secret, http.StatusTooManyRequests)
	g.get(t, "/"+f.spent).wantStatus(t, http.StatusGone)
	g.get(t, "/"+f.off).wantStatus(t, http.StatusForbidden)
	g.get(t, "/"+f.wrong).wantStatus(t, http.StatusNotFound)
	up.wantCount(t, 2)

	// Again, after the reason is gone: nothing is counted back.
	if err := os.WriteFile(filepath.Join(f.dir, f.wrong, "token.yaml"), []byte("calls: 0\nlimit_calls: 3\nstate: enabled\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"taken 1, already there 3, refused 0\n", "taken 0, already there 4, refused 0\n"} {
		if out, well := g.imports(f.dir); !well || !strings.HasSuffix(out, want) {
			t.Errorf("the import says: %s", out)
		}
	}
	g.wantCounter(t, f.api, 5)
	g.get(t, "/"+f.wrong).wantStatus(t, http.StatusOK)
}

// asFlextype fetches a token by itself, as a Flextype client does.
func (g *gateway) asFlextype(t *testing.T, id, secret string, want int) (record map[string]any) {
	t.Helper()
	text := g.page(t, fmt.Sprintf("http://%s/api/v1/tokens?token=%s&access_token=%s&id=%s", g.api, id, secret, id), want)
	if err := json.Unmarshal([]byte(text), &record); err != nil {
		t.Fatal(err)
	}
	return record
}

func TestTheListOfAnAPIIsImportedAndNamesAreShownOnDemand(t *testing.T) {
	t.Parallel()
	g := startGateway(t, setup{})
	a, b := store.NewLink(), store.NewLink()
	file := filepath.Join(t.TempDir(), "tokens.json")
	text := fmt.Sprintf(`{"tokens/%s":{"calls":1,"limit_calls":4,"state":"enabled","id":%q},"tokens/%s":{"calls":9,"limit_calls":4,"state":"enabled"}}`, a, a, b)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, well := g.imports(file); well || !strings.Contains(out, "record 2: calls: is over limit_calls") || !strings.Contains(out, "taken 1, already there 0, refused 1\n") {
		t.Errorf("the import says: %s", out)
	}
	if got := g.item(t, a); got != (item{Counter: 1, Limit: 4, State: "enabled"}) {
		t.Errorf("the record is %+v", got)
	}
	dir := filepath.Join(t.TempDir(), "tokens")
	if err := os.MkdirAll(filepath.Join(dir, b), 0o700); err != nil {
		t.Fatal(err)
	}
	if out, well := g.imports("--names", dir); well || !strings.Contains(out, filepath.Join(dir, b, "token.yaml")+": does not exist") {
		t.Errorf("the import says: %s", out)
	}
	for _, args := range [][]string{{filepath.Join(dir, "nowhere")}, {"--from", "elsewhere", dir}, {}} {
		if out, well := g.imports(args...); well || strings.Contains(out, "panic") {
			t.Errorf("%v ends well: %s", args, out)
		}
	}
}
