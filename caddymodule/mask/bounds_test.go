package mask_test

import (
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"github.com/linkgate/linkgate/caddymodule/mask"
	"github.com/linkgate/linkgate/store/storetest/corpora"
)

// planted puts every form of one token between two texts, apart from both by
// a character that belongs to no token.
func planted(before, after string) string {
	return before + "/" + link + "/" + token + "/" + link + "." + secret + "/" + after
}

// checkGone fails if a form of the planted token can still be read.
func checkGone(t *testing.T, before, after string) {
	t.Helper()
	parts := strings.Split(token, ".")
	got := mask.Text(planted(before, after))
	for _, form := range []string{link, secret, parts[1], parts[2]} {
		if strings.Contains(before+after, form) {
			continue // not ours: as part of something longer it may stay
		}
		if strings.Contains(got, form) {
			t.Errorf("%q is left of a token between %q and %q: %q", form, before, after, got)
		}
	}
}

func FuzzText(f *testing.F) {
	for _, s := range []string{"", "%", "%4", "eyJ.", "access_token=", "48851f26.", "/t/?x=%2f#", token, link, "\xff"} {
		f.Add(s, s)
	}
	f.Fuzz(func(t *testing.T, before, after string) { checkGone(t, before, after) })
}

func TestTokensAreFoundAmongNaughtyStrings(t *testing.T) {
	t.Parallel()
	for _, s := range naughtyStrings(t) {
		checkGone(t, s, s)
	}
}

// A scan that starts over for each run, dot or percent sign would take days
// for one of these, not milliseconds.
func TestTextTakesLinearTime(t *testing.T) {
	t.Parallel()
	const size = 4 << 20
	for name, unit := range map[string]string{
		"one run":                "a",
		"one run of links":       "-" + link,
		"percent signs":          "%",
		"escapes":                "%61",
		"escaped percent signs":  "%25",
		"escapes of escapes":     "%25252525",
		"dots":                   "a.",
		"headers without end":    "eyJ",
		"headers and dots":       "eyJ.",
		"empty objects and dots": "e30.",
		"links and dots":         link + ".",
		"parameters":             "access_token=",
		"JWTs":                   token + " ",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := strings.Repeat(unit, size/len(unit))
			start := time.Now()
			mask.Text(s)
			if took := time.Since(start); took > 20*time.Second {
				t.Errorf("%d bytes took %v", len(s), took)
			}
		})
	}
}

func TestTextWithoutTokensIsNotCopied(t *testing.T) {
	s := "/assets/app.3f2a9c.js?v=eyJ.1&x=%2f"
	if n := testing.AllocsPerRun(100, func() { mask.Text(s) }); n != 0 {
		t.Errorf("%v allocations for a text without tokens, want none", n)
	}
}

// naughtyStrings reads the corpus that lies beside a developer's checkout.
func naughtyStrings(t *testing.T) []string {
	t.Helper()
	var all []string
	for line := range strings.Lines(string(corpora.Read(t, "corpora", "blns", "blns.base64.txt"))) {
		if s, err := base64.StdEncoding.DecodeString(strings.TrimSuffix(line, "\n")); err == nil {
			all = append(all, string(s))
		}
	}
	if len(all) < 400 {
		t.Fatalf("only %d naughty strings: the corpus reads wrong", len(all))
	}
	return all
}
