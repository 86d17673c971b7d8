package badger

import (
	"errors"
	"regexp"
)

// secrets are the forms in which Badger writes keys, and with them links, into
// its messages and errors.
var secrets = regexp.MustCompile(
	// A dump of bytes, line by line.
	`(?m)\b[0-9a-f]{8}  (?:[0-9a-f]{2} {1,2})+.*$` +
		// A text in quotes that begins like one of our keys.
		`|"(?:[tcain]/|!badger!)(?:[^"\\]|\\.)*"` +
		// Digits, in one piece or as a list of numbers.
		`|[0-9a-fA-F]{32,}` +
		`|\[(?:\d{1,3} ){15,}\d{1,3}\]`)

// redact takes keys out of one of Badger's texts.
func redact(text string) string { return secrets.ReplaceAllString(text, "<key>") }

// foreign makes one of Badger's errors fit to be shown.
func foreign(err error) error { return errors.New(redact(err.Error())) }
