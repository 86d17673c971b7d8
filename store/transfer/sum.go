package transfer

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"hash"
	"time"

	"github.com/linkgate/linkgate/store"
)

// A Sum stands for all that a record is, its counter included.
type Sum struct {
	// Created, in Unix microseconds, and Link are its place in the order of
	// all records.
	Created int64  `json:"created"`
	Link    string `json:"link"`

	// Credential tells the credentials of the API from plain links.
	Credential bool `json:"credential,omitempty"`

	Sum []byte `json:"sum"`
}

// Sums returns a page of the sums of all records, and the cursor for the next
// page, which is empty where there is none.
func Sums(ctx context.Context, s store.Store, after string) (sums []Sum, next string, err error) {
	page, err := s.List(ctx, store.Query{After: after, WithAdmins: true})
	if err != nil {
		return nil, "", fmt.Errorf("listing records: %w", err)
	}
	sums = make([]Sum, len(page.Records))
	for i := range page.Records {
		sums[i] = sumOf(&page.Records[i])
	}
	return sums, page.Next, nil
}

func sumOf(r *store.Record) Sum {
	h := digest{sha256.New()}
	h.token(&r.Token)
	h.number(r.Counter)
	return Sum{
		Created: r.Token.Created.UnixMicro(), Link: r.Token.Link,
		Credential: r.Token.HashedAccessToken != "", Sum: h.Sum(nil),
	}
}

// contentOf is the sum of a token without its counter.
func contentOf(t *store.Token) string {
	h := digest{sha256.New()}
	h.token(t)
	return string(h.Sum(nil))
}

// A digest takes fields in such a way that none can pass for a part of its
// neighbour.
type digest struct{ hash.Hash }

// token takes every field, times to the microsecond to which all backends
// keep them.
func (h digest) token(t *store.Token) {
	for _, text := range []string{
		t.Link, t.UUID, t.RID, t.URL, t.Issuer, string(t.State), t.CreatedBy, t.HashedAccessToken, string(t.Data),
	} {
		h.text(text)
	}
	for _, at := range []time.Time{t.Expires, t.Created, t.Modified} {
		h.number(at.UnixMicro())
	}
	h.number(t.Minutes)
	h.number(t.Limit)
	h.number(int64(len(t.Scopes)))
	for _, scope := range t.Scopes {
		h.text(string(scope))
	}
	h.number(int64(len(t.Config)))
	for _, name := range t.Config {
		h.text(name)
	}
}

// A hash never fails to write.
func (h digest) number(n int64) { _, _ = h.Write(binary.BigEndian.AppendUint64(nil, uint64(n))) }

func (h digest) text(text string) {
	h.number(int64(len(text)))
	_, _ = h.Write([]byte(text))
}
