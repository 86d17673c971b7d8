package admin

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"unicode"

	"github.com/danielgtaylor/huma/v2"

	"github.com/linkgate/linkgate/store/strictjson"
)

// maxURL is the most bytes of a base URL. With a link behind it, it still
// fits where mail programs and proxies cut.
const maxURL = 2048

// readURL reads a base URL.
func readURL(value json.RawMessage, into *string) error {
	text, ok := strictjson.String(value)
	if !ok {
		return errNoText
	}
	if err := checkURL(text); err != nil {
		return err
	}
	*into = text
	return nil
}

// checkURL reports by its error whether a link can be put behind a text, and
// whether everyone who reads the result reads the same.
func checkURL(text string) error {
	if text == "" || len(text) > maxURL {
		return fmt.Errorf("must have 1 to %d bytes", maxURL)
	}
	if !plain(text) || strings.ContainsFunc(text, foreign) {
		return errors.New("must not contain spaces, control characters, quotes, angle brackets or backslashes")
	}
	if strings.ContainsAny(text, "?#") {
		return errors.New("must not have a query or a fragment")
	}
	u, err := url.Parse(text)
	switch {
	case err != nil:
		return errors.New("must be a URL")
	case u.Scheme != "http" && u.Scheme != "https":
		return errors.New("must be an absolute http or https URL")
	case u.User != nil:
		return errors.New("must not have user info")
	case u.Hostname() == "":
		return errors.New("must have a host")
	case !goodPort(u.Host):
		return errors.New("must have a port from 1 to 65535, or none")
	}
	return nil
}

// foreign reports whether a character has no place in a URL: browsers drop
// it, fold it or end the URL there.
func foreign(r rune) bool {
	return unicode.IsSpace(r) || strings.ContainsRune(`\"<>`, r)
}

// goodPort reports whether what follows the host, if anything does, is a port.
func goodPort(host string) bool {
	i := strings.LastIndexByte(host, ':')
	if i < 0 || strings.HasSuffix(host, "]") {
		return true
	}
	port, err := strconv.ParseUint(host[i+1:], 10, 16)
	return err == nil && port > 0
}

// linkURL puts a link behind a base URL, with one slash between.
func linkURL(base, link string) string { return strings.TrimRight(base, "/") + "/" + link }

// urlSchema describes a base URL.
func urlSchema() *huma.Schema {
	return &huma.Schema{
		Type: huma.TypeString, Format: "uri", MinLength: new(1), MaxLength: new(maxURL),
		Description: "The base URL of the link: absolute http or https, without user info, query or fragment.",
		Examples:    []any{"https://example.com/mytag/"},
	}
}
