package rows

import (
	"bufio"
	"errors"
	"io"
)

// lines cuts a stream at its line feeds.
type lines struct{ r *bufio.Reader }

func newLines(r io.Reader) lines {
	// A line of MaxRow bytes fits in with its end.
	return lines{bufio.NewReaderSize(r, MaxRow+2)}
}

// next returns the next line without its line feed, good until the next call.
// A line that is too long is skipped and [ErrTooLong]. What stands behind the
// last line feed is a line, unless the stream broke off there.
func (l lines) next() ([]byte, error) {
	text, err := l.r.ReadSlice('\n')
	switch {
	case errors.Is(err, bufio.ErrBufferFull):
		return nil, l.skip()
	case errors.Is(err, io.EOF) && len(text) > 0:
	case err != nil:
		return nil, err
	default:
		text = text[:len(text)-1]
	}
	if len(text) > MaxRow {
		return nil, ErrTooLong
	}
	return text, nil
}

// skip reads up to the end of a line.
func (l lines) skip() error {
	for {
		switch _, err := l.r.ReadSlice('\n'); {
		case errors.Is(err, bufio.ErrBufferFull):
		case err == nil || errors.Is(err, io.EOF):
			return ErrTooLong
		default:
			return err
		}
	}
}
