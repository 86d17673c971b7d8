package admin

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/crypto/bcrypt"

	"github.com/linkgate/linkgate/store"
)

// TestAFloodOfSecretsIsMostlyTurnedAway runs in a bubble of synctest: time
// passes where everybody waits, so nothing depends on the machine.
func TestAFloodOfSecretsIsMostlyTurnedAway(t *testing.T) {
	t.Parallel()
	floods := map[string]func(i int, t *store.Token) (credential, *store.Token, string){
		"unknown ids from many addresses": func(i int, _ *store.Token) (credential, *store.Token, string) {
			return credential{store.NewLink(), "wrong"}, nil, fmt.Sprint("address ", i)
		},
		"one known id and many secrets from many addresses": func(i int, t *store.Token) (credential, *store.Token, string) {
			return credential{t.Link, fmt.Sprint("wrong ", i)}, t, fmt.Sprint("address ", i)
		},
		"one known id and one secret from one address": func(_ int, t *store.Token) (credential, *store.Token, string) {
			return credential{t.Link, "wrong"}, t, "address"
		},
		"unknown ids from one address": func(_ int, _ *store.Token) (credential, *store.Token, string) {
			return credential{store.NewLink(), "wrong"}, nil, "address"
		},
	}
	for name, next := range floods {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				const flood = 1000
				v, slow := newVerifier(), &slowHash{}
				v.compare = slow.compare
				token := known()
				statuses := make(chan int, flood)
				for i := range flood {
					go func() {
						c, of, client := next(i, token)
						statuses <- statusOf(v.verify(t.Context(), v.examine(c, of), login{client, time.Now()}))
					}()
				}
				count := map[int]int{}
				for range flood {
					count[<-statuses]++
				}
				if count[429] < flood*95/100 || count[401]+count[429] != flood {
					t.Errorf("statuses %v", count)
				}
				if slow.most.Load() != 1 || slow.hashes.Load() > 9 {
					t.Errorf("%d hashes, %d at once", slow.hashes.Load(), slow.most.Load())
				}
			})
		})
	}
}

func TestWhoWaitsForHisTurnIsTurnedAwayWhenTheBudgetIsSpentMeanwhile(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		v, slow := newVerifier(), &slowHash{}
		v.compare = slow.compare
		for range loginFailures - 1 {
			v.budget.Fail("address", time.Now())
		}
		statuses := make(chan int, hashQueue)
		for range cap(statuses) {
			go func() {
				k := v.examine(credential{store.NewLink(), "wrong"}, nil)
				statuses <- statusOf(v.verify(t.Context(), k, login{"address", time.Now()}))
			}()
		}
		count := map[int]int{}
		for range cap(statuses) {
			count[<-statuses]++
		}
		if count[401] != 1 || count[429] != hashQueue-1 || slow.hashes.Load() != 1 {
			t.Errorf("statuses %v after %d hashes", count, slow.hashes.Load())
		}
	})
}

func TestOneGoodSecretIsHashedOnceForAllWhoWait(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		v, slow := newVerifier(), &slowHash{}
		v.compare = slow.compare
		k := v.examine(credential{"id", "right"}, known())
		errs := make(chan error, 50)
		for range cap(errs) {
			go func() { errs <- v.verify(t.Context(), k, login{"address", time.Now()}) }()
		}
		for range cap(errs) {
			if err := <-errs; err != nil {
				t.Error(err)
			}
		}
		if slow.hashes.Load() != 1 || !v.knows(k, time.Now()) {
			t.Errorf("%d hashes", slow.hashes.Load())
		}
	})
}

func TestWhoeverLeavesTheQueueMakesRoomAndLeavesTheOthersAlone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		v, slow := newVerifier(), &slowHash{}
		v.compare = slow.compare
		busy := v.examine(credential{"a", "right"}, known())
		k := v.examine(credential{"b", "right"}, known())
		go func() { _ = v.verify(t.Context(), busy, login{"address", time.Now()}) }()
		synctest.Wait()
		ctx, cancel := context.WithCancel(t.Context())
		leader, joiner := make(chan error, 1), make(chan error, 1)
		go func() { leader <- v.verify(ctx, k, login{"address", time.Now()}) }()
		synctest.Wait()
		go func() { joiner <- v.verify(t.Context(), k, login{"address", time.Now()}) }()
		synctest.Wait()
		cancel()
		if err := <-leader; !errors.Is(err, context.Canceled) {
			t.Errorf("the leader gets %v", err)
		}
		if err := <-joiner; err != nil {
			t.Errorf("who joined gets %v", err)
		}
		synctest.Wait()
		if len(v.queue) != 0 || len(v.running) != 0 || len(v.flights) != 0 {
			t.Error("places are still taken")
		}
	})
}

func TestAPanicInAHashSetsNobodyFast(t *testing.T) {
	t.Parallel()
	v := newVerifier()
	v.compare = func(string, string) bool { panic("no") }
	k := v.examine(credential{"id", "right"}, known())
	func() {
		defer func() { _ = recover() }()
		_ = v.verify(t.Context(), k, login{"address", time.Now()})
	}()
	v.compare = func(string, string) bool { return true }
	if err := v.verify(t.Context(), k, login{"address", time.Now()}); err != nil {
		t.Error(err)
	}
}

func TestAnUnknownIDCostsAHashOfTheSameCostAndIsNeverRight(t *testing.T) {
	t.Parallel()
	if cost, err := bcrypt.Cost([]byte(dummyHash)); err != nil || cost != hashCost || !hashForm.MatchString(dummyHash) {
		t.Errorf("the dummy costs %d, %v", cost, err)
	}
	if err := bcrypt.CompareHashAndPassword([]byte(dummyHash), []byte("x")); !errors.Is(err, bcrypt.ErrMismatchedHashAndPassword) {
		t.Errorf("the dummy is not hashed to the end: %v", err)
	}
	v := newVerifier()
	var hashes []string
	v.compare = func(hash, _ string) bool { hashes = append(hashes, hash); return true }
	for _, token := range []*store.Token{nil, {}, {HashedAccessToken: "$2y$31$" + dummyHash[7:]}, {HashedAccessToken: "plain"}} {
		k := v.examine(credential{"id", "right"}, token)
		if status := statusOf(v.verify(t.Context(), k, login{"address", time.Now()})); status != 401 || v.knows(k, time.Now()) {
			t.Errorf("%+v is %d", token, status)
		}
	}
	if fmt.Sprint(hashes) != fmt.Sprint([]string{dummyHash, dummyHash, dummyHash, dummyHash}) {
		t.Errorf("hashed %v", hashes)
	}
}
