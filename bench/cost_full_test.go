package main

import (
	"bufio"
	"strings"
	"testing"
	"time"
)

func TestOnlyACountedUseIsAnAnswer(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ answer, says string }{
		"it was counted":     {"*2\r\n$7\r\ncounted\r\n$1\r\n5\r\n", ""},
		"it was looked at":   {"*2\r\n$6\r\nlooked\r\n$1\r\n5\r\n", "not counted"},
		"an error":           {"-NOSCRIPT No matching script\r\n", "NOSCRIPT"},
		"an empty list":      {"*0\r\n", "*0"},
		"a list of nothing":  {"*1\r\n$-1\r\n", "$-1"},
		"an end in a text":   {"*1\r\n$7\r\ncoun", "EOF"},
		"an end in the list": {"*2\r\n$7\r\ncounted\r\n", "EOF"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := bufio.NewReader(strings.NewReader(tt.answer))
			err := readCounted(r)
			if tt.says == "" && (err != nil || r.Buffered() > 0) || tt.says != "" && (err == nil || !strings.Contains(err.Error(), tt.says)) {
				t.Errorf("got %v with %d bytes left", err, r.Buffered())
			}
		})
	}
}

func TestACommandIsWrittenAsRedisReadsIt(t *testing.T) {
	t.Parallel()
	if got := string(respRequest([]string{"EVALSHA", ""})); got != "*2\r\n$7\r\nEVALSHA\r\n$0\r\n\r\n" {
		t.Errorf("got %q", got)
	}
}

func TestAUseThatIsSentAgainIsCountedAgain(t *testing.T) {
	t.Parallel()
	c := costBenchFor(t)
	links, err := c.make(t.Context(), 1, scaleLimit)
	if err != nil {
		t.Fatal(err)
	}
	request, err := c.useRequest(t.Context(), links[0])
	if err != nil {
		t.Fatal(err)
	}
	n, err := replay(c.redis.address, request, time.Now().Add(20*time.Millisecond))
	if err != nil {
		t.Fatal(err)
	}
	if r, err := c.maker.Get(t.Context(), links[0]); err != nil || r.Counter != int64(n)+2 {
		t.Errorf("counted %d uses of %d and 2, %v", r.Counter, n, err)
	}
}
