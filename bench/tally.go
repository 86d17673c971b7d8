package main

import (
	"fmt"
	"maps"
	"slices"
)

// A tally is what clients saw of a site.
type tally struct {
	// admitted is the number of 2xx answers to each token.
	admitted []int64

	// refused is the number of all other answers, by status.
	refused map[int]int64

	// failed is what ended a connection, where something did.
	failed error
}

func newTally(tokens int) tally {
	return tally{admitted: make([]int64, tokens), refused: map[int]int64{}}
}

// answer counts one answer to a request that carried a token.
func (t *tally) answer(token, status int) {
	if status >= 200 && status <= 299 {
		t.admitted[token]++
	} else {
		t.refused[status]++
	}
}

// add takes in what another client saw.
func (t *tally) add(other tally) {
	for i, n := range other.admitted {
		t.admitted[i] += n
	}
	for status, n := range other.refused {
		t.refused[status] += n
	}
	if t.failed == nil {
		t.failed = other.failed
	}
}

// uses is the number of all 2xx answers.
func (t *tally) uses() int64 {
	var sum int64
	for _, n := range t.admitted {
		sum += n
	}
	return sum
}

// problems says what makes a run invalid, in words.
func (t *tally) problems(site string) []string {
	var out []string
	for _, status := range slices.Sorted(maps.Keys(t.refused)) {
		out = append(out, fmt.Sprintf("%s answered %d times with status %d", site, t.refused[status], status))
	}
	if t.failed != nil {
		out = append(out, fmt.Sprintf("%s failed: %v", site, t.failed))
	}
	return out
}
