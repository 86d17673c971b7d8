package jobs

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/linkgate/linkgate/store"
)

// A Job is one sequence of rows. It may be used from one goroutine at a time,
// but for Name, Start and [Job.Mark].
type Job struct {
	registry *Registry
	name     name
	birth    birth

	end   *Mark // where the job was carried out to its end
	page  []Mark
	pages int64 // that were read

	last, anchor Mark // that this run has made
}

// Close lets the next caller have the job.
func (j *Job) Close() { j.registry.leave(j.name) }

// Start is when the job was begun for the first time, in whole microseconds.
func (j *Job) Start() time.Time { return j.birth.Start }

// A Sum is the digest of the text of a row.
type Sum [sha256.Size]byte

// Name returns the link and the UUID that a row gets, always the same ones.
// The link depends on the number of the row only, and nobody can guess it who
// does not know the secret; the UUID depends on what the row says as well, so
// that a record shows whether it was made by the same row.
func (j *Job) Name(row int64, sum Sum) (link, uuid string) {
	mac := hmac.New(sha256.New, j.birth.Secret[:])
	_, _ = mac.Write(binary.BigEndian.AppendUint64(nil, uint64(row)))
	out := mac.Sum(nil)
	id := sha256.Sum256(append(out[store.LinkLen/2:len(out):len(out)], sum[:]...))
	return hex.EncodeToString(out[:store.LinkLen/2]), formatUUID([16]byte(id[:16]))
}

// formatUUID writes 16 bytes as a UUID of version 8: one made in a way of
// one's own.
func formatUUID(b [16]byte) string {
	b[6] = b[6]&0x0f | 0x80
	b[8] = b[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// A birth is what a job is made of.
type birth struct {
	Secret [32]byte
	Start  time.Time
}

// birthVersion is the first byte of an encoded birth.
const birthVersion = 1

var errDamaged = errors.New("what is remembered of a job is damaged")

func (b birth) encode() []byte {
	out := append([]byte{birthVersion}, b.Secret[:]...)
	return binary.BigEndian.AppendUint64(out, uint64(b.Start.UnixMicro()))
}

func decodeBirth(value []byte) (birth, error) {
	if len(value) != 1+32+8 || value[0] != birthVersion {
		return birth{}, errDamaged
	}
	start := time.UnixMicro(int64(binary.BigEndian.Uint64(value[33:]))).UTC()
	return birth{Secret: [32]byte(value[1:33]), Start: start}, nil
}
