package redistest

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"testing"
	"time"
)

// Do sends one command on a connection of its own and returns its answer as
// text, the elements of a list line by line. An error ends the test. Where the
// configuration has a line "requirepass", it shows that password.
func (s *Server) Do(t testing.TB, command ...string) string {
	t.Helper()
	out, err := s.Ask(command...)
	if err != nil {
		t.Fatalf("%s: %v", strings.Join(command, " "), err)
	}
	return out
}

// Ask is Do where an error is to be expected.
func (s *Server) Ask(command ...string) (string, error) {
	conn, err := net.DialTimeout("tcp", s.Addr, time.Second)
	if err != nil {
		return "", err
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		return "", err
	}
	answers := bufio.NewReader(conn)
	for _, line := range s.config {
		if password, ok := strings.CutPrefix(line, "requirepass "); ok {
			if _, err := ask(conn, answers, "AUTH", password); err != nil {
				return "", err
			}
		}
	}
	return ask(conn, answers, command...)
}

func ask(conn io.Writer, answers *bufio.Reader, command ...string) (string, error) {
	var request strings.Builder
	fmt.Fprintf(&request, "*%d\r\n", len(command))
	for _, word := range command {
		fmt.Fprintf(&request, "$%d\r\n%s\r\n", len(word), word)
	}
	if _, err := io.WriteString(conn, request.String()); err != nil {
		return "", err
	}
	return readAnswer(answers)
}

// errNoAnswer is returned where a server closes a connection.
var errNoAnswer = errors.New("no answer")

// readAnswer reads one value of the protocol's second version.
func readAnswer(r *bufio.Reader) (string, error) {
	line, err := r.ReadString('\n')
	if err != nil || len(line) < 3 {
		return "", fmt.Errorf("%w: %w", errNoAnswer, err)
	}
	text := strings.TrimSuffix(line[1:], "\r\n")
	n, _ := strconv.Atoi(text)
	switch line[0] {
	case '-':
		return "", fmt.Errorf("the server says %s", text)
	case '$':
		if n < 0 {
			return "", nil
		}
		bulk := make([]byte, n+2)
		_, err := io.ReadFull(r, bulk)
		return string(bulk[:n]), err
	case '*':
		var all []string
		for range max(n, 0) {
			one, err := readAnswer(r)
			if err != nil {
				return "", err
			}
			all = append(all, one)
		}
		return strings.Join(all, "\n"), nil
	}
	return text, nil
}

// Eventually waits until ok is true.
func Eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	for begin := time.Now(); time.Since(begin) < patience; time.Sleep(10 * time.Millisecond) {
		if ok() {
			return
		}
	}
	t.Fatalf("%s: not after %s", what, patience)
}
