package main

import (
	"bytes"
	"context"
	_ "embed"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"text/template"
	"time"

	"github.com/redis/rueidis"
)

// A peerServer is what people build for the same purpose: a server that Caddy
// asks with forward_auth, nginx with Lua, which checks a token and counts its
// use with one script of the same Redis.
type peerServer struct {
	*process
	address string
	redis   *redisServer
}

//go:embed peer/count.lua
var peerScript string

//go:embed peer/nginx.conf
var peerConf string

var peerTemplate = template.Must(template.New("nginx.conf").Parse(peerConf))

// A peerSet is what the configuration of nginx names.
type peerSet struct {
	Dir, Modules, Lua, Address string

	// Script is the digest of peerScript.
	RedisHost, RedisPort, Script string
}

// startPeer runs nginx with its files below dir. It returns errNoPeer where
// this machine lacks a part of it.
func startPeer(ctx context.Context, dir string, r *redisServer) (*peerServer, error) {
	if err := missing(peerParts()); err != nil {
		return nil, err
	}
	ports, err := freePorts(1)
	if err != nil {
		return nil, err
	}
	p := &peerServer{address: local(ports[0]), redis: r}
	config, err := p.configure(ctx, filepath.Join(dir, "peer"))
	if err != nil {
		return nil, fmt.Errorf("configuring nginx: %w", err)
	}
	p.process, err = startProcess(ctx, "nginx", nil, nginxPath, "-p", filepath.Dir(config), "-c", config)
	if err != nil {
		return nil, err
	}
	if err := p.ready(ctx, p.answers); err != nil {
		return nil, err
	}
	return p, nil
}

// configure makes a directory for nginx, gives Redis the script, and returns
// the path of the configuration.
func (p *peerServer) configure(ctx context.Context, dir string) (string, error) {
	if err := os.Mkdir(dir, 0o700); err != nil {
		return "", err
	}
	digest, err := p.redis.client.Do(ctx, p.redis.client.B().ScriptLoad().Script(peerScript).Build()).ToString()
	if err != nil {
		return "", fmt.Errorf("loading the script: %w", err)
	}
	host, port, err := net.SplitHostPort(p.redis.address)
	if err != nil {
		return "", err
	}
	var text bytes.Buffer
	err = peerTemplate.Execute(&text, peerSet{
		Dir: dir, Modules: nginxModules, Lua: luaLibraries, Address: p.address,
		RedisHost: host, RedisPort: port, Script: digest,
	})
	if err != nil {
		return "", err
	}
	config := filepath.Join(dir, "nginx.conf")
	return config, os.WriteFile(config, text.Bytes(), 0o600)
}

// answers reports whether somebody listens.
func (p *peerServer) answers(ctx context.Context) bool {
	var d net.Dialer
	conn, err := d.DialContext(ctx, "tcp", p.address)
	if err != nil {
		return false
	}
	conn.Close()
	return true
}

// The names that the Lua of nginx uses as well.
func peerToken(link string) string   { return "peer:t:{" + link + "}" }
func peerCounter(link string) string { return "peer:c:{" + link + "}" }

// know tells the peer of the tokens of a workload.
func (p *peerServer) know(ctx context.Context, w workload, tokens []token) error {
	b := p.redis.client.B
	expires := time.Now().Add(lifeMinutes * time.Minute).Unix()
	commands := make([]rueidis.Completed, len(tokens))
	for i, t := range tokens {
		commands[i] = b().Hset().Key(peerToken(t.Link)).FieldValue().
			FieldValue("state", "enabled").
			FieldValue("expires", strconv.FormatInt(expires, 10)).
			FieldValue("limit", strconv.FormatInt(w.limit, 10)).Build()
	}
	return p.redis.do(ctx, commands...)
}

// counters returns how often the peer has counted each token, by link.
func (p *peerServer) counters(ctx context.Context, tokens []token) (map[string]int64, error) {
	counters := make(map[string]int64, len(tokens))
	for _, t := range tokens {
		n, err := p.redis.client.Do(ctx, p.redis.client.B().Get().Key(peerCounter(t.Link)).Build()).AsInt64()
		if err != nil && !rueidis.IsRedisNil(err) {
			return nil, fmt.Errorf("reading the counters of the peer: %w", err)
		}
		counters[t.Link] = n
	}
	return counters, nil
}
