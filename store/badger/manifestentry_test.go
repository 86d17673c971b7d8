package badger

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestTheLastEntryOfAManifest(t *testing.T) {
	t.Parallel()
	const (
		header = "Bdgr\x00\x00\x00\x08"
		none   = "\x00\x00\x00\x00crc."
		add    = "\x00\x00\x00\x04crc.\x0a\x02\x08\x01"
		swap   = "\x00\x00\x00\x0ccrc.\x0a\x02\x08\x02" + "\x0a\x06\x08\x01\x10\x01\x18\x06"
	)
	for name, c := range map[string]struct {
		text string
		want manifestEntry
		err  error
	}{
		"the first one":                   {header + none, manifestEntry{start: 8, rewritten: true}, nil},
		"a table that came":               {header + none + add, manifestEntry{start: 16, adds: 1}, nil},
		"one that took another's place":   {header + none + add + swap, manifestEntry{start: 28, adds: 1, removes: 1}, nil},
		"all tables in one entry":         {header + add, manifestEntry{start: 8, adds: 1, rewritten: true}, nil},
		"a header without any":            {header, manifestEntry{}, errManifest},
		"an entry that was cut":           {header + none + add[:10], manifestEntry{}, errManifest},
		"a length that was cut":           {header + none + add[:5], manifestEntry{}, errManifest},
		"a change that is none":           {header + "\x00\x00\x00\x04crc.\x12\x02\x08\x01", manifestEntry{start: 8, rewritten: true}, errManifest},
		"a change longer than its entry":  {header + "\x00\x00\x00\x04crc.\x0a\x7f\x08\x01", manifestEntry{start: 8, rewritten: true}, errManifest},
		"a number that does not end":      {header + "\x00\x00\x00\x04crc.\x0a\x02\x08\x81", manifestEntry{start: 8, rewritten: true}, errManifest},
		"a number longer than any can be": {header + "\x00\x00\x00\x0ccrc." + strings.Repeat("\xff", 12), manifestEntry{start: 8, rewritten: true}, errManifest},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "MANIFEST")
			if err := os.WriteFile(path, []byte(c.text), 0o600); err != nil {
				t.Fatal(err)
			}
			f, err := os.Open(path)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			if got, err := lastManifestEntry(f); got != c.want || !errors.Is(err, c.err) {
				t.Errorf("got %+v, error %v; want %+v, error %v", got, err, c.want, c.err)
			}
		})
	}
}
