package main

import (
	"sync"
	"time"
)

// A crowd is the clients of one site. Each has a connection that stays open
// and asks again as soon as it has its answer.
type crowd struct {
	clients []*client
	took    []time.Duration
}

// A slice is what a site did in one stretch of time.
type slice struct {
	// rate is the answers per second.
	rate float64

	// p99 is the time within which 99 in 100 answers came.
	p99 time.Duration

	// answers is how many there were, late ones too.
	answers int

	// cpu is the processor time that Caddy used for each of them.
	cpu time.Duration
}

// newCrowd makes the clients of a case for the site at address. They connect
// when they are first asked to.
func newCrowd(address string, w workload, tokens []token) *crowd {
	requests := make([][]byte, len(tokens))
	for i, t := range tokens {
		requests[i] = w.request(address, t)
	}
	c := new(crowd)
	for i := range w.connections {
		// they start at different tokens, so that they do not meet at each
		c.clients = append(c.clients, &client{
			address: address, requests: requests, next: i * len(tokens) / w.connections,
			tally: newTally(len(tokens)),
		})
	}
	return c
}

// ask keeps all clients busy for some time. Requests under way at its end are
// waited for and counted as uses, but not into the rate.
func (c *crowd) ask(length time.Duration) slice {
	var wg sync.WaitGroup
	end := time.Now().Add(length)
	for _, one := range c.clients {
		wg.Go(func() { one.askUntil(end) })
	}
	wg.Wait()
	c.took = c.took[:0]
	inTime := 0
	for _, one := range c.clients {
		c.took = append(c.took, one.took...)
		inTime += one.inTime
	}
	return slice{rate: float64(inTime) / length.Seconds(), p99: p99(c.took), answers: len(c.took)}
}

// tally is what all clients saw since they were made.
func (c *crowd) tally() tally {
	sum := newTally(len(c.clients[0].tally.admitted))
	for _, one := range c.clients {
		sum.add(one.tally)
	}
	return sum
}

func (c *crowd) close() {
	for _, one := range c.clients {
		one.close()
	}
}
