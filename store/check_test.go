package store_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/linkgate/linkgate/store"
)

func TestRecordsThatCanBeKept(t *testing.T) {
	t.Parallel()
	name := strings.Repeat("x", store.MaxName)
	for title, c := range map[string]struct {
		good bool
		make func(*store.Record)
	}{
		"a plain record":           {true, func(*store.Record) {}},
		"texts as long as can be":  {true, func(r *store.Record) { r.Token.RID, r.Token.Issuer = name, name }},
		"a rid that is too long":   {false, func(r *store.Record) { r.Token.RID = name + "x" }},
		"a campaign too long":      {false, func(r *store.Record) { r.Token.Issuer = name + "x" }},
		"no link":                  {false, func(r *store.Record) { r.Token.Link = "" }},
		"a negative counter":       {false, func(r *store.Record) { r.Counter = -1 }},
		"a negative limit":         {false, func(r *store.Record) { r.Token.Limit = -1 }},
		"the last year":            {true, func(r *store.Record) { r.Token.Expires = time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC) }},
		"the year after it":        {false, func(r *store.Record) { r.Token.Expires = time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC) }},
		"a year before the first":  {false, func(r *store.Record) { r.Token.Created = time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC) }},
		"a modification out of it": {false, func(r *store.Record) { r.Token.Modified = time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC) }},
		"a URL not in UTF-8":       {false, func(r *store.Record) { r.Token.URL = "\xff" }},
		"a state not in UTF-8":     {false, func(r *store.Record) { r.Token.State = "\xff" }},
		"a scope not in UTF-8":     {false, func(r *store.Record) { r.Token.Scopes = []store.Scope{"\xff"} }},
		"a config not in UTF-8":    {false, func(r *store.Record) { r.Token.Config = []string{"a", "\xff"} }},
		"data not in UTF-8":        {true, func(r *store.Record) { r.Token.Data = []byte("\xff") }},
		"data that is too large":   {false, func(r *store.Record) { r.Token.Data = make([]byte, store.MaxRecord) }},
		"many large texts":         {false, func(r *store.Record) { r.Token.Config = []string{strings.Repeat("x", store.MaxRecord)} }},
	} {
		t.Run(title, func(t *testing.T) {
			t.Parallel()
			r := store.Record{Token: store.Token{Link: store.NewLink()}}
			c.make(&r)
			err := r.Check()
			if c.good && err != nil || !c.good && !errors.Is(err, store.ErrInvalid) {
				t.Fatalf("got %v", err)
			}
			if err != nil && r.Token.Link != "" && strings.Contains(err.Error(), r.Token.Link) {
				t.Fatal("the error shows the link")
			}
		})
	}
}

func TestNamesAndValuesOfAVault(t *testing.T) {
	t.Parallel()
	for name, good := range map[string]bool{
		"a": true, " ~": true, strings.Repeat("x", store.MaxName): true,
		"": false, "\x1f": false, "\x7f": false, "é": false, strings.Repeat("x", store.MaxName+1): false,
	} {
		if err := store.CheckName(name); good && err != nil || !good && !errors.Is(err, store.ErrInvalid) {
			t.Errorf("name %q: got %v", name, err)
		}
	}
	for size, good := range map[int]bool{0: true, store.MaxValue: true, store.MaxValue + 1: false} {
		if err := store.CheckValue(make([]byte, size)); good && err != nil || !good && !errors.Is(err, store.ErrInvalid) {
			t.Errorf("value of %d bytes: got %v", size, err)
		}
	}
}

func TestCloneSharesNothing(t *testing.T) {
	t.Parallel()
	a := store.Token{Scopes: []store.Scope{store.ScopeRead}, Config: []string{"link"}, Data: []byte(`{}`)}
	b := a.Clone()
	b.Scopes[0], b.Config[0], b.Data[0] = store.ScopeAdmin, "token", '['
	if a.Admin() || a.Config[0] != "link" || string(a.Data) != "{}" {
		t.Fatalf("got %+v", a)
	}
}
