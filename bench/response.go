package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
)

// What a response may have at most; it exists so that nonsense ends.
const (
	maxHeaders = 100
	maxBody    = 1 << 20
)

// unframed is the length of a body that no header has named.
const unframed = -1

// readResponse reads one response to a GET request up to its last byte and
// returns its status. It allocates nothing, because a client that costs more
// than the server measures itself. It knows what a server under test sends,
// which is less than HTTP allows, and refuses everything else: a response whose
// end is in doubt would make the next one wrong.
func readResponse(r *bufio.Reader) (status int, err error) {
	line, err := readLine(r)
	if err != nil {
		return 0, fmt.Errorf("reading the status line: %w", err)
	}
	if status, err = parseStatus(line); err != nil {
		return 0, err
	}
	length, chunked, err := readHeader(r)
	if err != nil {
		return 0, err
	}
	bodiless := status == 204 || status == 304
	switch {
	case bodiless && (chunked || length > 0):
		return 0, fmt.Errorf("status %d with a body", status)
	case bodiless:
		return status, nil
	case chunked:
		return status, discardChunks(r)
	case length == unframed:
		return 0, errors.New("a body without a length")
	}
	return status, discard(r, length)
}

// readLine reads a line without its end. It is good until the next read.
func readLine(r *bufio.Reader) ([]byte, error) {
	line, err := r.ReadSlice('\n')
	if err != nil {
		if len(line) > 0 {
			err = unexpected(err)
		}
		return nil, err
	}
	line, ok := bytes.CutSuffix(line, []byte("\r\n"))
	if !ok || bytes.IndexByte(line, '\r') >= 0 {
		return nil, errors.New("a line that does not end in CRLF")
	}
	return line, nil
}

// parseStatus reads `HTTP/1.1 200 OK`. An interim response is refused as well:
// nothing here asks for one.
func parseStatus(line []byte) (int, error) {
	rest, ok := bytes.CutPrefix(line, []byte("HTTP/1.1 "))
	if !ok || len(rest) < 3 || len(rest) > 3 && rest[3] != ' ' {
		return 0, errors.New("not an HTTP/1.1 status line")
	}
	status := parseDigits(rest[:3])
	if status < 200 || status > 599 {
		return 0, errors.New("not a final status")
	}
	return status, nil
}

// readHeader reads the fields up to the empty line and returns what they say
// about the body.
func readHeader(r *bufio.Reader) (length int, chunked bool, err error) {
	length = unframed
	for range maxHeaders {
		line, err := readLine(r)
		if err != nil {
			return 0, false, fmt.Errorf("reading the header: %w", unexpected(err))
		}
		if len(line) == 0 {
			return length, chunked, nil
		}
		name, value, ok := bytes.Cut(line, []byte(":"))
		if !ok || len(name) == 0 || bytes.ContainsAny(name, " \t") {
			return 0, false, errors.New("not a header field")
		}
		value = bytes.Trim(value, " \t")
		framed := length != unframed || chunked
		switch {
		case bytes.EqualFold(name, []byte("Content-Length")):
			if length = parseDigits(value); length < 0 || length > maxBody || framed {
				return 0, false, errors.New("a Content-Length that is repeated or no length")
			}
		case bytes.EqualFold(name, []byte("Transfer-Encoding")):
			if chunked = bytes.EqualFold(value, []byte("chunked")); !chunked || framed {
				return 0, false, errors.New("a Transfer-Encoding that is repeated or not chunked")
			}
		}
	}
	return 0, false, errors.New("too many header fields")
}

// discardChunks reads a chunked body without extensions and trailers.
func discardChunks(r *bufio.Reader) error {
	for total := 0; total <= maxBody; {
		line, err := readLine(r)
		if err != nil {
			return fmt.Errorf("reading a chunk: %w", unexpected(err))
		}
		// The bits are bounded, so that a size cannot overflow; ParseUint
		// takes nothing but digits.
		size, err := strconv.ParseUint(string(line), 16, 31)
		if err != nil {
			return errors.New("not a chunk size")
		}
		if err := discard(r, int(size)); err != nil {
			return err
		}
		if line, err = readLine(r); err != nil || len(line) > 0 {
			return errors.New("a chunk that does not end where it says")
		}
		if size == 0 {
			return nil
		}
		total += int(size)
	}
	return errors.New("a body that is too long")
}

// discard reads n bytes of a body.
func discard(r *bufio.Reader, n int) error {
	if _, err := r.Discard(n); err != nil {
		return fmt.Errorf("reading the body: %w", unexpected(err))
	}
	return nil
}

// parseDigits reads a decimal number, or returns -1.
func parseDigits(digits []byte) int {
	if len(digits) == 0 || len(digits) > 9 {
		return -1
	}
	n := 0
	for _, c := range digits {
		if c < '0' || c > '9' {
			return -1
		}
		n = n*10 + int(c-'0')
	}
	return n
}

// unexpected is err for a place where a response must not end.
func unexpected(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}
