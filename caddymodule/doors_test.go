package caddymodule_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// The doors of the house: who may import whom. "cmd/caddy → caddymodule →
// {admin, store/badger} → store" keeps the rules testable without a web server
// or a database, and lets Caddy change without touching them.

const (
	house    = "github.com/linkgate/linkgate"
	caddyMod = "github.com/caddyserver/caddy/v2"
)

// A door is what one room may import, itself or through others.
type door struct {
	// own are the rooms of this house that may be imported.
	own []string

	// libraries says which foreign modules may be imported: stdlib, any but
	// Caddy and databases, or any at all.
	libraries libraries
}

type libraries int

const (
	onlyStandard libraries = iota
	noServerNoDatabase
	badgerAllowed
	anyLibrary
)

// databases are parts of import paths that mean a database or its client.
var databases = []string{"badger", "redis", "rueidis", "bbolt", "sqlite", "database/sql"}

// doors are by room; a room that is not named here has none, and the test
// says so.
var doors = map[string]door{
	"store":                   {libraries: onlyStandard},
	"store/memory":            {own: []string{"store"}, libraries: onlyStandard},
	"store/strictjson":        {own: []string{"store"}, libraries: onlyStandard},
	"store/jwt":               {own: []string{"store", "store/strictjson"}, libraries: noServerNoDatabase},
	"store/storetest":         {own: []string{"store"}, libraries: noServerNoDatabase},
	"store/storetest/corpora": {libraries: onlyStandard},
	"store/transfer":          {own: []string{"store"}, libraries: onlyStandard},
	"store/badger":            {own: []string{"store", "store/strictjson"}, libraries: badgerAllowed},
	"store/redis":             {own: []string{"store", "store/strictjson"}, libraries: anyLibrary},
	"store/redis/redistest":   {own: []string{"store", "store/storetest"}, libraries: noServerNoDatabase},
	"admin":                   {own: []string{"store", "store/strictjson", "store/jwt", "admin/*"}, libraries: noServerNoDatabase},
	"admin/budget":            {libraries: onlyStandard},
	"admin/flexquery":         {own: []string{"store/strictjson"}, libraries: onlyStandard},
	"admin/flexport":          {own: []string{"store/strictjson", "admin/rows"}, libraries: noServerNoDatabase},
	"admin/rows":              {own: []string{"store/strictjson"}, libraries: onlyStandard},
	"admin/jobs":              {own: []string{"store"}, libraries: onlyStandard},
	"caddymodule/mask":        {own: []string{"store"}, libraries: onlyStandard},
	"caddymodule":             {own: []string{"*"}, libraries: anyLibrary},
	"bench":                   {own: []string{"*"}, libraries: anyLibrary},
	"":                        {own: []string{"*"}, libraries: anyLibrary},
}

// A listed is a package as go list describes it.
type listed struct {
	ImportPath string
	Standard   bool
	Imports    []string
	Deps       []string
}

// list describes every package of the house and all they depend on.
func list(t *testing.T) map[string]listed {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "list", "-tags", "nobadger,nomysql,nopgx",
		"-deps", "-json=ImportPath,Standard,Imports,Deps", house+"/...")
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("listing packages: %v\n%s", err, &stderr)
	}
	all := map[string]listed{}
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listed
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all[p.ImportPath] = p
	}
}

func TestDoorsOpenOneWayOnly(t *testing.T) {
	t.Parallel()
	all := list(t)
	rooms := 0
	for path, p := range all {
		room, ok := roomOf(path)
		if !ok {
			continue
		}
		rooms++
		d, ok := doorOf(room)
		if !ok {
			t.Errorf("%s has no door: say in this test what it may import", room)
			continue
		}
		for _, dep := range p.Deps {
			if complaint := d.judge(all[dep], dep); complaint != "" {
				t.Errorf("%s imports %s, itself or through others: %s", room, dep, complaint)
			}
		}
	}
	if rooms < 8 {
		t.Errorf("only %d rooms were found: the list reads wrong", rooms)
	}
}

func TestOnlyCaddymoduleKnowsCaddy(t *testing.T) {
	t.Parallel()
	for path, p := range list(t) {
		room, ok := roomOf(path)
		if !ok || room == "caddymodule" || strings.HasPrefix(room, "caddymodule/") {
			continue
		}
		for _, dep := range p.Imports {
			if isCaddy(dep) {
				t.Errorf("%q imports %s", room, dep)
			}
		}
	}
}

func TestTheRootImportsCaddymoduleAndNothingElse(t *testing.T) {
	t.Parallel()
	if got := list(t)[house].Imports; !slices.Equal(got, []string{house + "/caddymodule"}) {
		t.Errorf("linkgate.go imports %v", got)
	}
}

// The judge has to see what it is there for.
func TestDoorsRefuse(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		room, dep string
		standard  bool
	}{
		"Caddy in the store":                     {"store", caddyMod, false},
		"a library in the store":                 {"store", "go.uber.org/zap", false},
		"a database in the store":                {"store", "github.com/dgraph-io/badger/v4", false},
		"the memory store in the store":          {"store", house + "/store/memory", false},
		"a database driver in the store":         {"store/memory", "database/sql", true},
		"Badger in the memory store":             {"store/memory", house + "/store/badger", false},
		"the memory store in Badger":             {"store/badger", house + "/store/memory", false},
		"another database in Badger":             {"store/badger", "github.com/redis/rueidis", false},
		"Caddy in Badger":                        {"store/badger", caddyMod + "/modules/caddyhttp", false},
		"Badger in the API":                      {"admin", house + "/store/badger", false},
		"Badger itself in the API":               {"admin", "github.com/dgraph-io/badger/v4", false},
		"Caddy in the API":                       {"admin", caddyMod, false},
		"the gate in the API":                    {"admin", house + "/caddymodule", false},
		"Caddy in the log mask":                  {"caddymodule/mask", caddyMod, false},
		"a library in the budget of the clients": {"admin/budget", "go.uber.org/zap", false},
		"the store in the option language":       {"admin/flexquery", house + "/store", false},
		"the API in the option language":         {"admin/flexquery", house + "/admin", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if d, _ := doorOf(c.room); d.judge(listed{ImportPath: c.dep, Standard: c.standard}, c.dep) == "" {
				t.Errorf("%s may import %s", c.room, c.dep)
			}
		})
	}
}

// roomOf is path within the house.
func roomOf(path string) (string, bool) {
	if path == house {
		return "", true
	}
	return strings.CutPrefix(path, house+"/")
}

// doorOf is the door of a room, or that of the room it is part of: what is
// below caddymodule or bench, without a door of its own, is as free as they.
func doorOf(room string) (door, bool) {
	if d, ok := doors[room]; ok {
		return d, true
	}
	top, _, _ := strings.Cut(room, "/")
	d, ok := doors[top]
	return d, ok && d.libraries == anyLibrary
}

// judge says what is wrong with importing dep, or nothing.
func (d door) judge(p listed, dep string) string {
	if room, ok := roomOf(dep); ok {
		free := slices.ContainsFunc(d.own, func(own string) bool {
			prefix, all := strings.CutSuffix(own, "*")
			return own == room || all && strings.HasPrefix(room, prefix)
		})
		if !free {
			return "this door is shut"
		}
		return ""
	}
	switch {
	case d.libraries == anyLibrary:
		return ""
	case isCaddy(dep):
		return "only caddymodule and its sub-packages know Caddy"
	case isDatabase(dep) && (d.libraries != badgerAllowed || !strings.Contains(dep, "badger")):
		return "databases stay in their own rooms"
	case d.libraries == onlyStandard && !p.Standard:
		return "the standard library only"
	}
	return ""
}

func isCaddy(path string) bool { return path == caddyMod || strings.HasPrefix(path, caddyMod+"/") }

func isDatabase(path string) bool {
	return slices.ContainsFunc(databases, func(name string) bool { return strings.Contains(path, name) })
}
