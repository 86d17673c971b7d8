package main

import (
	"fmt"
	"slices"
	"strings"
)

// crowdSize is the number of connections where one does not say otherwise.
const crowdSize = 64

// highLimit is more uses than any run makes.
const highLimit = 1 << 40

// A workload is one case: which tokens the requests carry, and how.
type workload struct {
	name        string
	connections int

	// tokens is how many tokens the requests take in turn.
	tokens int

	// limit is the most uses of each; 0: no limit.
	limit int64

	// jwt presents the signed form as bearer token instead of the link in
	// the path.
	jwt bool
}

// workloads are all there are, in the order of the table.
func workloads() []workload {
	return []workload{
		{name: "unlimited", connections: crowdSize, tokens: 1},
		{name: "limited", connections: crowdSize, tokens: 500, limit: highLimit},
		{name: "hot", connections: crowdSize, tokens: 1, limit: highLimit},
		{name: "jwt", connections: crowdSize, tokens: 1, jwt: true},
		{name: "single", connections: 1, tokens: 1},
	}
}

func workloadNames() []string {
	var names []string
	for _, w := range workloads() {
		names = append(names, w.name)
	}
	return names
}

// chooseWorkloads returns those that a list of names asks for.
func chooseWorkloads(list string) ([]workload, error) {
	if list == "all" {
		return workloads(), nil
	}
	var chosen []workload
	for name := range strings.SplitSeq(list, ",") {
		i := slices.Index(workloadNames(), name)
		if i < 0 {
			return nil, fmt.Errorf("-case: %q is not all, %s", name, strings.Join(workloadNames(), ", "))
		}
		if slices.Contains(chosen, workloads()[i]) {
			return nil, fmt.Errorf("-case: %q is there twice", name)
		}
		chosen = append(chosen, workloads()[i])
	}
	return chosen, nil
}

// request is what a client sends to a site to present a token.
func (w workload) request(address string, t token) []byte {
	if w.jwt {
		return appendRequest(nil, address, "/bench/", "Authorization", "Bearer "+t.JWT)
	}
	return appendRequest(nil, address, "/bench/"+t.Link)
}
