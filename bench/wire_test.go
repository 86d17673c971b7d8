package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"testing"
)

// echo is a server that answers each line with "got " before it.
func echo(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				for lines := bufio.NewScanner(conn); lines.Scan(); {
					fmt.Fprintf(conn, "got %s\n", lines.Text())
				}
			}()
		}
	}()
	return l.Addr().String()
}

func TestAWireCountsWhatItPassesOn(t *testing.T) {
	t.Parallel()
	w, err := startWire(echo(t))
	if err != nil {
		t.Fatal(err)
	}
	defer w.close()
	conn, err := net.Dial("tcp", w.address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	answers := bufio.NewReader(conn)
	for _, said := range []string{"one\n", "two\n", "three\nfour\n"} { // the last two travel together
		if _, err := io.WriteString(conn, said); err != nil {
			t.Fatal(err)
		}
		for n := 0; n < len(said); {
			line, err := answers.ReadString('\n')
			if err != nil {
				t.Fatal(err)
			}
			n += len(line) - len("got ")
		}
	}
	want := flow{trips: 3, up: 4 + 4 + 11, down: 8 + 8 + 10 + 9}
	if got := w.flow(); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestAWireThatIsCutEndsItsConnections(t *testing.T) {
	t.Parallel()
	w, err := startWire(echo(t))
	if err != nil {
		t.Fatal(err)
	}
	conn, err := net.Dial("tcp", w.address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	w.close()
	if n, err := conn.Read(make([]byte, 1)); n > 0 || err == nil {
		t.Errorf("read %d bytes, %v", n, err)
	}
}
