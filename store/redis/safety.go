package redis

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/redis/rueidis"
	"go.uber.org/zap"

	"github.com/linkgate/linkgate/store"
)

// A safety is what was last seen of the server's settings.
type safety struct {
	// problem is why the server cannot keep what is charged, in words for the
	// operator; empty where it can.
	problem atomic.Pointer[string]

	mu      sync.Mutex
	version string
}

// checkSettings looks whether the server keeps what it says it has done.
// Where it cannot be asked, what is known of it stays.
func (s *Store) checkSettings(ctx context.Context) error {
	problem := ""
	for _, node := range s.work.Nodes() {
		said, err := s.inspect(ctx, node)
		if err != nil {
			if s.opts.Cluster { // one that is away charges nothing
				continue
			}
			return err
		}
		if problem == "" {
			problem = said
		}
	}
	old := s.safety.problem.Swap(&problem)
	if problem != "" && !s.opts.UnsafeDurability && (old == nil || *old != problem) {
		s.log.Error("uses of tokens with a limit are refused: the server may forget them", zap.String("problem", problem))
	}
	if problem == "" && old != nil && *old != "" {
		s.log.Info("the server keeps what is charged")
	}
	return nil
}

// inspect looks at one node. What it says to a replica is that it is none, but
// for a Cluster, where replicas are known and never asked.
func (s *Store) inspect(ctx context.Context, node rueidis.Client) (problem string, err error) {
	ctx, cancel := context.WithTimeout(ctx, s.opts.Timeout)
	defer cancel()
	got := node.DoMulti(ctx,
		node.B().Arbitrary("ROLE").Build(),
		node.B().Arbitrary("CONFIG", "GET").Args("appendonly", "appendfsync", "maxmemory-policy").Build(),
		node.B().Arbitrary("INFO").Args("server", "persistence").Build(),
	)
	for i, name := range []string{"ROLE", "CONFIG GET", "INFO"} {
		err := got[i].Error()
		if err == nil {
			continue
		}
		if _, ok := rueidis.IsRedisErr(err); !ok || loading(err) {
			return "", unavailable("reading the server's settings", err)
		}
		return fmt.Sprintf("its settings cannot be read: allow the user the command %s (%v)", name, foreign(err)), nil
	}
	role, err := got[0].ToArray()
	if err != nil || len(role) == 0 {
		return "its role cannot be read", nil
	}
	if r, _ := role[0].ToString(); r != "master" {
		if s.opts.Cluster {
			return "", nil
		}
		return "it is a replica: give the address of the primary", nil
	}
	settings, err := got[1].AsStrMap()
	if err != nil {
		return "its settings cannot be read", nil
	}
	info, err := got[2].ToString()
	if err != nil {
		return "its state cannot be read", nil
	}
	s.safety.learn(info)
	return judgeSettings(settings, info), nil
}

// loading reports whether a server says that it is only just starting.
func loading(err error) bool {
	e, ok := rueidis.IsRedisErr(err)
	return ok && e.IsLoading()
}

func judgeSettings(settings map[string]string, info string) string {
	for _, want := range []struct{ name, value string }{
		{"appendonly", "yes"}, {"appendfsync", "always"}, {"maxmemory-policy", "noeviction"},
	} {
		if got := settings[want.name]; got != want.value {
			return fmt.Sprintf("its setting %s is %q: set \"%s %s\" in its configuration file, or at once with "+
				"CONFIG SET %[1]s %[4]s and CONFIG REWRITE", want.name, got, want.name, want.value)
		}
	}
	if status := field(info, "aof_last_write_status"); status != "ok" {
		return fmt.Sprintf("its last write to disk failed (aof_last_write_status:%s): see its log", status)
	}
	return ""
}

// field is the value of a line of INFO.
func field(info, name string) string {
	for line := range strings.Lines(info) {
		if value, ok := strings.CutPrefix(strings.TrimSpace(line), name+":"); ok {
			return value
		}
	}
	return ""
}

func (f *safety) learn(info string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if v := field(info, "valkey_version"); v != "" {
		f.version = "Valkey " + v
		return
	}
	f.version = "Redis " + field(info, "redis_version")
}

// allow returns an error where tokens with a limit must not be charged.
func (s *Store) allow() error {
	if err := s.history.allow(); err != nil {
		return err
	}
	if s.opts.UnsafeDurability {
		return nil
	}
	if p := s.safety.problem.Load(); p == nil || *p != "" {
		return fmt.Errorf("%w: the server may forget uses: %s", store.ErrUnavailable, s.problem())
	}
	return nil
}

func (s *Store) problem() string {
	if p := s.safety.problem.Load(); p != nil {
		return *p
	}
	return "its settings were not read yet"
}

// warn reminds the operator of what he has chosen.
func (s *Store) warn() {
	if p := s.problem(); p != "" && s.opts.UnsafeDurability {
		s.log.Warn("limits can be exceeded: the server may forget uses, and unsafe_durability is on", zap.String("problem", p))
	}
}
