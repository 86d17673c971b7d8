package badger

import (
	"fmt"

	"go.uber.org/zap"
)

// A SyncMode says when a use is on disk. The words are those of Redis'
// appendfsync.
type SyncMode string

// The sync modes.
const (
	// SyncAlways, the default: before the use is answered. Neither a crash of
	// the process nor a power cut loses an answered use.
	SyncAlways SyncMode = "always"

	// SyncEverySecond: some uses of a token are put on disk together, before
	// the first of them is answered: an eighth of those that are left, at most
	// 64. Neither a crash nor a power cut loses an answered use or exceeds a
	// limit; either may charge what was put aside and not used. Everything
	// else is on disk within a second.
	SyncEverySecond SyncMode = "everysec"

	// SyncNo: when the operating system likes. A crash of the process loses
	// nothing, a power cut may lose everything since the last write-back, and
	// limits are exceeded by as much.
	SyncNo SyncMode = "no"
)

// liveTokens is the default of [Options.LiveTokens].
const liveTokens = 200_000

// KeyLen is the length of an encryption key: AES-256.
const KeyLen = 32

// Options say where and how a [Store] keeps its tokens.
type Options struct {
	// Path is the directory of the database. It is made, with mode 0700,
	// where it does not exist.
	Path string

	// Sync says when a use is on disk. Default: SyncAlways.
	Sync SyncMode

	// LiveTokens is how many tokens are held in memory, so that a use needs no
	// reading. Each takes about 650 bytes, and with the garbage collector's
	// usual slack twice that. Default: 200000, which is 130 MB and at most
	// 260 MB, if so many are in use.
	LiveTokens int

	// EncryptionKey encrypts what is on disk with AES-256. It has KeyLen
	// bytes. A database is made with or without a key and stays so.
	// Default: none, no encryption.
	EncryptionKey []byte

	// Mark is the file that says how far the database had come, so that one
	// that was set back is noticed. It has to be kept where the database is
	// not: what is done to both at once is not noticed. Default: beside Path,
	// with the ending ".mark"; where Path is a file system of its own, or its
	// parent cannot be written, the file "mark" in it.
	Mark string

	// Logger gets the messages of the store and, at debug level, those of
	// Badger. Default: none.
	Logger *zap.Logger

	// stat says how much space there is; for tests to replace.
	stat func(dir string) (volume, error)
}

func (o *Options) validate() error {
	if o.Path == "" {
		return fmt.Errorf("no path for the database")
	}
	switch o.Sync {
	case "":
		o.Sync = SyncAlways
	case SyncAlways, SyncEverySecond, SyncNo:
	default:
		return fmt.Errorf("unknown sync mode %q: want always, everysec or no", o.Sync)
	}
	if n := len(o.EncryptionKey); n != 0 && n != KeyLen {
		return fmt.Errorf("encryption key has %d bytes: want %d", n, KeyLen)
	}
	if o.LiveTokens <= 0 {
		o.LiveTokens = liveTokens
	}
	if o.Logger == nil {
		o.Logger = zap.NewNop()
	}
	if o.stat == nil {
		o.stat = statVolume
	}
	return nil
}
