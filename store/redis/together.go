package redis

import (
	"context"

	"github.com/redis/rueidis"
)

// redirects is how often a node may name another one. A node that does so has
// run nothing.
const redirects = 4

// together sends commands on one connection, all to the node that has the key
// of the first: WAIT speaks of what was written on its own connection. The
// client by itself would follow a redirection with the first command alone, and
// have the replicas of another node acknowledge it. Commands are built anew for
// each node.
func (s *Store) together(ctx context.Context, build func() []rueidis.Completed) []rueidis.RedisResult {
	if !s.opts.Cluster {
		return s.work.DoMulti(ctx, build()...)
	}
	var got []rueidis.RedisResult
	_ = s.work.Dedicated(func(c rueidis.DedicatedClient) error {
		got = c.DoMulti(ctx, build()...)
		return nil
	})
	for range redirects {
		addr, asking, ok := redirected(got[0])
		if !ok {
			break
		}
		node := s.work.Nodes()[addr]
		if node == nil {
			break // not known yet
		}
		commands := build()
		if asking {
			commands = append([]rueidis.Completed{node.B().Asking().Build()}, commands...)
		}
		got = node.DoMulti(ctx, commands...)
		if asking {
			got = got[1:]
		}
	}
	return got
}

// redirected is the node that an answer names in the place of the one that was
// asked.
func redirected(r rueidis.RedisResult) (addr string, asking, ok bool) {
	err, is := rueidis.IsRedisErr(r.Error())
	if !is {
		return "", false, false
	}
	if addr, ok = err.IsMoved(); ok {
		return addr, false, true
	}
	addr, ok = err.IsAsk()
	return addr, true, ok
}
