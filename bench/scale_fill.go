package main

import (
	"context"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/linkgate/linkgate/store"
	"github.com/linkgate/linkgate/store/badger"
)

const (
	// smallCampaign and bigCampaign are how many tokens the first two campaigns
	// have; each campaign after them is small again.
	smallCampaign = 1_000
	bigCampaign   = 1_000_000

	// fillCall is how many tokens are made in one call, and fillCallers how
	// many calls are under way.
	fillCall    = 1_000
	fillCallers = 4

	// scaleLimit is the most uses of a token: more than a run makes.
	scaleLimit = 1_000_000
)

// scaleLink is the link of the n-th token. It looks as random as any, and
// nobody has to remember five million of them.
func scaleLink(n uint64) string {
	var b [16]byte
	binary.BigEndian.PutUint64(b[:], scramble(2*n))
	binary.BigEndian.PutUint64(b[8:], scramble(2*n+1))
	return hex.EncodeToString(b[:])
}

// scramble is the output function of SplitMix64: one to one, and without a
// pattern that a table could profit from.
func scramble(n uint64) uint64 {
	n += 0x9e3779b97f4a7c15
	n = (n ^ n>>30) * 0xbf58476d1ce4e5b9
	n = (n ^ n>>27) * 0x94d049bb133111eb
	return n ^ n>>31
}

// scaleCampaign is the campaign of the n-th token.
func scaleCampaign(n int) string {
	switch {
	case n < smallCampaign:
		return "small"
	case n < smallCampaign+bigCampaign:
		return "big"
	}
	return fmt.Sprintf("campaign-%d", (n-bigCampaign)/smallCampaign)
}

// scaleToken is the n-th token: as the API makes them, about 350 bytes.
func scaleToken(n int, now time.Time) store.Token {
	link := scaleLink(uint64(n))
	made := now.Add(time.Duration(n) * time.Microsecond)
	return store.Token{
		Link: link, UUID: fmt.Sprintf("%s-%s-4%s-8%s-%s", link[:8], link[8:12], link[13:16], link[17:20], link[20:32]),
		RID: fmt.Sprintf("customer-%08d", n), URL: "https://shop.example/landing", Issuer: scaleCampaign(n),
		Expires: made.Add(lifeMinutes * time.Minute), Minutes: lifeMinutes, Limit: scaleLimit,
		State: store.Enabled, Created: made, Modified: made,
		CreatedBy: "6f1c2f0e-8d5f-4a49-9c37-0a4f2f6d2c11", Config: []string{"link", "token"},
	}
}

// fill makes so many tokens in dir.
func fill(ctx context.Context, dir string, size int) (err error) {
	s, err := badger.Open(badger.Options{Path: dir, Sync: badger.SyncNo})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	now := time.Now().UTC().Truncate(time.Microsecond)
	var next atomic.Int64
	var wg sync.WaitGroup
	failed := make(chan error, fillCallers)
	for range fillCallers {
		wg.Go(func() {
			for {
				first := int(next.Add(fillCall)) - fillCall
				if first >= size {
					return
				}
				if err := create(ctx, s, first, min(size, first+fillCall), now); err != nil {
					failed <- err
					return
				}
			}
		})
	}
	wg.Wait()
	close(failed)
	for err := range failed {
		return fmt.Errorf("filling the store: %w", err)
	}
	return nil
}

// create makes the tokens from first to the one before end.
func create(ctx context.Context, s store.Store, first, end int, now time.Time) error {
	records := make([]store.Record, 0, end-first)
	for n := first; n < end; n++ {
		records = append(records, store.Record{Token: scaleToken(n, now)})
	}
	return s.Create(ctx, records...)
}
