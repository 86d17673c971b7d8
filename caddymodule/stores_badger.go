package caddymodule

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"
	"go.uber.org/zap"

	"github.com/linkgate/linkgate/store"
	"github.com/linkgate/linkgate/store/badger"
)

// BadgerStore keeps tokens and counters in an embedded database, in a
// directory of this machine. One process owns the directory at a time.
type BadgerStore struct {
	// The directory of the database, such as `/var/lib/linkgate`; may hold
	// placeholders. It is created with mode 0700.
	// Default: `linkgate` in Caddy's data directory.
	Path string `json:"path,omitempty"`

	// When the use of a token with a limit is safe on disk, in the words of
	// Redis' `appendfsync`. `always`: before the upstream sees the request.
	// `everysec`: a few uses are charged to the token on disk before the first
	// of them is admitted, an eighth of those left and at most 64, so that
	// not each one waits; a crash or a power cut may cost what was charged and
	// not used, and never exceeds a limit. `no`: when the operating system
	// gets to it; a power cut loses uses, and limits are exceeded by as many.
	// Uses of tokens without a limit are counted in memory and written within
	// a tenth of a second in all modes.
	// Default: `always`.
	Sync string `json:"sync,omitempty"`

	// Encrypts the database at rest with AES-256: 64 hexadecimal digits. Use
	// a placeholder such as `{env.LINKGATE_KEY}` or `{file./run/key}`, so that
	// the key is no part of the configuration. An existing database cannot
	// change its key this way.
	// Default: not encrypted.
	EncryptionKey string `json:"encryption_key,omitempty"`

	// The file that says how far the database had come, outside of it: a
	// database that is behind it was set back, by an old backup or by damage,
	// and tokens with a limit are refused until that is accepted with
	// `caddy linkgate accept-rollback`. May hold placeholders. Back it up
	// apart from the database, or not at all.
	// Default: beside the directory, with the ending `.mark`; inside it, as
	// `mark`, where it is a volume of its own or its parent cannot be written.
	Mark string `json:"mark,omitempty"`

	key []byte
}

// CaddyModule returns the Caddy module information.
func (BadgerStore) CaddyModule() caddy.ModuleInfo {
	return caddy.ModuleInfo{
		ID:  "linkgate.stores.badger",
		New: func() caddy.Module { return new(BadgerStore) },
	}
}

// Provision fills in defaults and resolves the key. It opens nothing.
func (s *BadgerStore) Provision(ctx caddy.Context) error {
	var err error
	if s.Path, err = replaced("path", s.Path); err != nil {
		return fmt.Errorf("store badger: %w", err)
	}
	if s.Path == "" {
		s.Path = filepath.Join(caddy.AppDataDir(), "linkgate")
	}
	if s.Mark, err = replaced("mark", s.Mark); err != nil {
		return fmt.Errorf("store badger: %w", err)
	}
	if s.Sync == "" {
		s.Sync = string(badger.SyncAlways)
	}
	if err := checkSync(s.Sync); err != nil {
		return fmt.Errorf("store badger: %w", err)
	}
	return s.resolveKey(ctx)
}

func (s *BadgerStore) resolveKey(ctx caddy.Context) error {
	if s.EncryptionKey == "" {
		return nil
	}
	digits, literal, err := resolveSecret(s.EncryptionKey)
	if err != nil {
		return fmt.Errorf("store badger: encryption_key: %w", err)
	}
	key, err := hex.DecodeString(digits)
	if err != nil || len(key) != 32 {
		// the error of hex shows a byte of the key
		return fmt.Errorf("store badger: encryption_key: must be 64 hexadecimal digits, got %d characters", len(digits))
	}
	if literal {
		ctx.Logger().Warn("encryption_key" + inConfiguration)
	}
	s.key = key
	return nil
}

// Resource is the directory's one true path.
func (s *BadgerStore) Resource() (string, error) {
	path, err := filepath.Abs(s.Path)
	if err == nil {
		path, err = evalExisting(path)
	}
	if err != nil {
		return "", fmt.Errorf("store badger: path: %w", err)
	}
	if info, err := os.Stat(path); err == nil && !info.IsDir() {
		return "", fmt.Errorf("store badger: path: %s is not a directory", path)
	}
	return "badger:" + path, nil
}

// evalExisting resolves the symbolic links in as much of an absolute path as
// there is. What is not there yet cannot be a link.
func evalExisting(path string) (string, error) {
	resolved, err := filepath.EvalSymlinks(path)
	parent := filepath.Dir(path)
	if !errors.Is(err, fs.ErrNotExist) || parent == path {
		return resolved, err
	}
	if parent, err = evalExisting(parent); err != nil {
		return "", err
	}
	return filepath.Join(parent, filepath.Base(path)), nil
}

// Terms names the sync mode, whether there is a key, and a mark of one's own.
func (s *BadgerStore) Terms() string {
	terms := "sync " + s.Sync
	if s.key != nil {
		terms += ", encrypted"
	}
	if s.Mark != "" {
		terms += ", mark " + s.Mark
	}
	return terms
}

// Open opens the database.
func (s *BadgerStore) Open(log *zap.Logger) (store.Store, error) {
	return badger.Open(badger.Options{
		Path:          s.Path,
		Sync:          badger.SyncMode(s.Sync),
		EncryptionKey: s.key,
		Mark:          s.Mark,
		Logger:        log,
	})
}

// DataDir is the directory of the database.
func (s *BadgerStore) DataDir() string { return s.Path }

// UnmarshalCaddyfile sets up the store from Caddyfile tokens. Syntax:
//
//	store badger {
//		path           <dir>
//		sync           always|everysec|no
//		encryption_key <64 hex digits>
//		mark           <file>
//	}
func (s *BadgerStore) UnmarshalCaddyfile(d *caddyfile.Dispenser) error {
	d.Next() // the name of the store
	if d.NextArg() {
		return d.Errf("surplus argument %q", d.Val())
	}
	return parseBlock(d, "store badger", options{
		"path":           oneArg(&s.Path),
		"sync":           once(s.parseSync),
		"encryption_key": oneArg(&s.EncryptionKey),
		"mark":           oneArg(&s.Mark),
	})
}

func (s *BadgerStore) parseSync(d *caddyfile.Dispenser) error {
	if !d.AllArgs(&s.Sync) {
		return errArguments
	}
	if err := checkSync(s.Sync); err != nil {
		return d.Err(err.Error())
	}
	return nil
}

func checkSync(word string) error {
	switch badger.SyncMode(word) {
	case badger.SyncAlways, badger.SyncEverySecond, badger.SyncNo:
		return nil
	}
	return fmt.Errorf("sync: %q is not always, everysec or no", word)
}

// Interface guards
var (
	_ StoreProvider         = (*BadgerStore)(nil)
	_ caddy.Provisioner     = (*BadgerStore)(nil)
	_ caddyfile.Unmarshaler = (*BadgerStore)(nil)
)
