package redis

import (
	"context"
	"crypto/sha1" //nolint:gosec // G505: it is how the server names scripts.
	_ "embed"
	"encoding/hex"

	"github.com/redis/rueidis"
)

// The scripts. Each of them is one atomic step of the server, and says in its
// first lines what it takes and returns.
var (
	//go:embed lua/decimal.lua
	decimalLua string
	//go:embed lua/use.lua
	useLua string
	//go:embed lua/add.lua
	addLua string
	//go:embed lua/giveback.lua
	giveBackLua string
	//go:embed lua/get.lua
	getLua string
	//go:embed lua/create.lua
	createLua string
	//go:embed lua/update.lua
	updateLua string
	//go:embed lua/delete.lua
	deleteLua string
	//go:embed lua/page.lua
	pageLua string
	//go:embed lua/keep.lua
	keepLua string
	//go:embed lua/begin.lua
	beginLua string
	//go:embed lua/accept.lua
	acceptLua string
	//go:embed lua/tell.lua
	tellLua string

	useScript      = newScript(decimalLua + useLua)
	addScript      = newScript(decimalLua + addLua)
	giveBackScript = newScript(decimalLua + giveBackLua)
	getScript      = newScript(getLua)
	createScript   = newScript(createLua)
	updateScript   = newScript(decimalLua + updateLua)
	deleteScript   = newScript(deleteLua)
	pageScript     = newScript(pageLua)
	keepScript     = newScript(keepLua)
	beginScript    = newScript(beginLua)
	acceptScript   = newScript(acceptLua)
	tellScript     = newScript(tellLua)
)

// A script is known to the server by its digest. It is sent as a whole where
// the server says that it does not know it, and so has run nothing.
type script struct{ text, digest string }

func newScript(text string) script {
	sum := sha1.Sum([]byte(text)) //nolint:gosec // G401: it is how the server names scripts, and protects nothing.
	return script{text, hex.EncodeToString(sum[:])}
}

// A call is a script with what it is given.
type call struct {
	script     script
	keys, args []string
}

func (s *Store) short(c call) rueidis.Completed {
	return s.work.B().Evalsha().Sha1(c.script.digest).Numkeys(int64(len(c.keys))).Key(c.keys...).Arg(c.args...).Build()
}

func (s *Store) whole(c call) rueidis.Completed {
	return s.work.B().Eval().Script(c.script.text).Numkeys(int64(len(c.keys))).Key(c.keys...).Arg(c.args...).Build()
}

// notThere reports whether a script was not run because its text is not there.
func notThere(r rueidis.RedisResult) bool {
	err, ok := rueidis.IsRedisErr(r.Error())
	return ok && err.IsNoScript()
}

// run runs a script once: nothing here sends a second time what may have been
// done. Its answer is a list; an error wraps store.ErrUnavailable.
func (s *Store) run(ctx context.Context, c call) ([]rueidis.RedisMessage, error) {
	within, cancel := context.WithTimeout(ctx, s.opts.Timeout)
	defer cancel()
	r := s.work.Do(within, s.short(c))
	if notThere(r) {
		r = s.work.Do(within, s.whole(c))
	}
	got, err := r.ToArray()
	if err != nil {
		return nil, s.failed(ctx, err)
	}
	return got, nil
}

// runAcked runs a script and has the replicas that have to know of it say so.
// It returns how many of them have.
func (s *Store) runAcked(ctx context.Context, c call) (got []rueidis.RedisMessage, acks int64, err error) {
	within, cancel := context.WithTimeout(ctx, s.opts.Timeout)
	defer cancel()
	pair := func(form func(call) rueidis.Completed) []rueidis.RedisResult {
		return s.together(within, func() []rueidis.Completed { return s.acked(form(c)) })
	}
	answers := pair(s.short)
	if notThere(answers[0]) {
		answers = pair(s.whole)
	}
	if got, err = answers[0].ToArray(); err == nil {
		acks, err = answers[1].AsInt64()
	}
	if err != nil {
		return nil, 0, s.failed(ctx, err)
	}
	return got, acks, nil
}

// waitForReplicas waits for less than a command may take, so that the server
// can say how few they are.
func (s *Store) waitForReplicas() rueidis.Completed {
	return s.work.B().Wait().Numreplicas(int64(s.opts.ReplicaAcks)).Timeout(max(1, (s.opts.Timeout * 3 / 4).Milliseconds())).Build()
}

// acked is a write, and the wait for the replicas that have to know of it.
func (s *Store) acked(write rueidis.Completed) []rueidis.Completed {
	if s.opts.ReplicaAcks == 0 {
		return []rueidis.Completed{write}
	}
	return []rueidis.Completed{write, s.waitForReplicas()}
}

// runAll runs calls of one script together and returns their answers.
func (s *Store) runAll(ctx context.Context, calls []call) []rueidis.RedisResult {
	ctx, cancel := context.WithTimeout(ctx, s.opts.Timeout)
	defer cancel()
	commands := make([]rueidis.Completed, len(calls))
	for i, c := range calls {
		commands[i] = s.short(c)
	}
	out := s.work.DoMulti(ctx, commands...)
	for i := range out {
		if notThere(out[i]) {
			out[i] = s.work.Do(ctx, s.whole(calls[i]))
		}
	}
	return out
}
