package store_test

import (
	"strings"
	"testing"

	"github.com/linkgate/linkgate/store"
)

func TestNewLinkIsALinkAndNeverTheSame(t *testing.T) {
	t.Parallel()
	seen, digits := map[string]bool{}, map[[2]int]bool{}
	for range 2000 {
		link := store.NewLink()
		if !store.ValidLink(link) || seen[link] {
			t.Fatalf("got %q", link)
		}
		seen[link] = true
		for i, c := range link {
			digits[[2]int{i, int(c)}] = true
		}
	}
	// Every digit is drawn at every place: nothing is fixed.
	if want := store.LinkLen * 16; len(digits) != want {
		t.Fatalf("%d of %d digits and places were seen", len(digits), want)
	}
}

func TestLinkHasOneSpelling(t *testing.T) {
	t.Parallel()
	const link = "0123456789abcdef0123456789abcdef"
	if !store.ValidLink(link) {
		t.Fatal("a link is refused")
	}
	for name, bad := range map[string]string{
		"empty":               "",
		"one digit too few":   link[1:],
		"one digit too many":  link + "0",
		"upper case":          strings.ToUpper(link),
		"one upper-case":      "A" + link[1:],
		"behind f":            "g" + link[1:],
		"before 0":            "/" + link[1:],
		"behind 9":            ":" + link[1:],
		"before a":            "`" + link[1:],
		"a space in front":    " " + link[1:],
		"a line break":        link[1:] + "\n",
		"a NUL":               link[1:] + "\x00",
		"percent encoding":    "%30" + link[1:30],
		"a UUID":              "01234567-89ab-cdef-0123-456789ab",
		"digits of the world": strings.Repeat("٣", store.LinkLen/2),
		"32 wide letters":     strings.Repeat("０", store.LinkLen),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if store.ValidLink(bad) {
				t.Fatalf("%q is taken for a link", bad)
			}
		})
	}
}
