package integration

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/websocket"
)

func TestServerSentEventsArriveOneByOne(t *testing.T) {
	t.Parallel()
	next := make(chan string)
	up := startRecorder(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		for event := range next {
			fmt.Fprintf(w, "data: %s\n\n", event)
			_ = http.NewResponseController(w).Flush()
		}
	})
	g := startGateway(t, setup{upstream: up.addr})
	tok := g.limited(t, 5)
	client := &http.Client{Timeout: 20 * time.Second}
	go func() { next <- "first" }()
	resp, err := client.Get("http://" + g.site + "/" + tok.Link)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	lines := bufio.NewScanner(resp.Body)
	// the upstream sends the next event only when the one before has arrived
	for _, then := range []string{"second", "third", ""} {
		if !lines.Scan() || !strings.HasPrefix(lines.Text(), "data: ") {
			t.Fatalf("no event but %q: %v", lines.Text(), lines.Err())
		}
		lines.Scan()
		if then != "" {
			next <- then
		}
	}
	close(next)
	if lines.Scan() {
		t.Errorf("there is more: %q", lines.Text())
	}
	answer{Header: resp.Header}.wantHeader(t, "Cache-Control", "private, no-cache")
	g.wantCounter(t, tok.Link, 1)
}

func TestAWebSocketIsOneUse(t *testing.T) {
	t.Parallel()
	echo := websocket.Server{Handler: func(c *websocket.Conn) { _, _ = io.Copy(c, c) }}
	up := startRecorder(t, echo.ServeHTTP)
	g := startGateway(t, setup{upstream: up.addr})
	tok := g.limited(t, 1)

	config, err := websocket.NewConfig("ws://"+g.site+"/chat/"+tok.Link, "http://"+g.site)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := websocket.DialConfig(config)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(10 * time.Second))
	for _, text := range []string{"one", "two", strings.Repeat("long ", 20000)} {
		if err := websocket.Message.Send(conn, text); err != nil {
			t.Fatal(err)
		}
		var back string
		for len(back) < len(text) {
			var part string
			if err := websocket.Message.Receive(conn, &part); err != nil {
				t.Fatal(err)
			}
			back += part
		}
		if back != text {
			t.Errorf("%d bytes came back as %d others", len(text), len(back))
		}
	}
	g.wantCounter(t, tok.Link, 1)
	if a := up.only(t); a.URI != "/chat/" {
		t.Errorf("the upstream saw %s", a.URI)
	}
	if _, err := websocket.DialConfig(config); err == nil {
		t.Error("the spent token opened another WebSocket")
	}
	up.wantCount(t, 1)
}

func TestAnUploadIsEchoedWhileItIsBeingSent(t *testing.T) {
	t.Parallel()
	up := startRecorder(t, func(w http.ResponseWriter, r *http.Request) {
		control := http.NewResponseController(w)
		_ = control.EnableFullDuplex()
		lines := bufio.NewScanner(r.Body)
		for lines.Scan() {
			fmt.Fprintln(w, "got", lines.Text())
			_ = control.Flush()
		}
	})
	// HTTP/1.1 needs to be told that a response may begin before the request ends
	g := startGateway(t, setup{
		upstream: up.addr, global: "servers {\nenable_full_duplex\n}",
		site: "linkgate\nreverse_proxy UPSTREAM {\nflush_interval -1\n}",
	})
	tok := g.limited(t, 5)
	conn, err := net.Dial("tcp", g.site)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(20 * time.Second))
	fmt.Fprintf(conn, "POST /%s%s HTTP/1.1\r\nHost: %s\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n", tok.Link, streams, g.site)

	from := bufio.NewReader(conn)
	resp, err := http.ReadResponse(from, nil)
	if err != nil || resp.StatusCode != http.StatusContinue {
		t.Fatalf("no 100 Continue but %v: %v", resp, err)
	}
	send := func(text string) { fmt.Fprintf(conn, "%x\r\n%s\r\n", len(text), text) }
	send("a\n")
	for resp.StatusCode == http.StatusContinue { // the upstream's own comes too
		if resp, err = http.ReadResponse(from, nil); err != nil {
			t.Fatal(err)
		}
	}
	defer resp.Body.Close()
	body := bufio.NewReader(resp.Body)
	for _, text := range []string{"a", "b", "c"} {
		line, err := body.ReadString('\n')
		if err != nil || line != "got "+text+"\n" {
			t.Fatalf("the echo of %s is %q: %v", text, line, err)
		}
		if text != "c" {
			send(string(text[0]+1) + "\n")
		}
	}
	fmt.Fprint(conn, "0\r\n\r\n")
	if rest, err := io.ReadAll(body); err != nil || len(rest) > 0 {
		t.Errorf("there is more: %q, %v", rest, err)
	}
	g.wantCounter(t, tok.Link, 1)
}

func TestARefusedUploadReachesNobody(t *testing.T) {
	t.Parallel()
	up := startRecorder(t, nil)
	g := startGateway(t, setup{upstream: up.addr})
	resp, err := http.Post("http://"+g.site+"/nothing", "text/plain", strings.NewReader(strings.Repeat("x", 1<<20)))
	if err != nil {
		t.Fatal(err)
	}
	a, err := readAnswer(resp)
	if err != nil {
		t.Fatal(err)
	}
	a.wantStatus(t, 401)
	up.wantCount(t, 0)
}

func TestALargeDownloadKeepsItsRangesAndLength(t *testing.T) {
	t.Parallel()
	content := strings.Repeat("0123456789abcdef", 1<<18) // 4 MiB
	up := startRecorder(t, func(w http.ResponseWriter, r *http.Request) {
		http.ServeContent(w, r, "video.bin", time.Unix(1, 0), strings.NewReader(content))
	})
	g := startGateway(t, setup{upstream: up.addr})
	tok := g.limited(t, 5)

	whole := g.get(t, "/video.bin/"+tok.Link)
	whole.wantStatus(t, 200)
	whole.wantHeader(t, "Content-Length", fmt.Sprint(len(content)))
	if whole.Body != content {
		t.Error("the download is not what the upstream sent")
	}
	part := g.get(t, "/video.bin/"+tok.Link, "Range", "bytes=16-31")
	part.wantStatus(t, 206)
	part.wantHeader(t, "Content-Range", fmt.Sprintf("bytes 16-31/%d", len(content)))
	if part.Body != content[16:32] {
		t.Errorf("the range is %q", part.Body)
	}
	g.get(t, "/video.bin/"+tok.Link, "Range", "bytes=99999999-").wantStatus(t, 416)
	g.wantCounter(t, tok.Link, 3)
}
