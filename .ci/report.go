//go:build ignore

// Command report reads what "go test -json" prints, shows a line for each
// package and all output of what failed, and adds its counts to a file:
//
//	TESTFLAGS=-json ./test.sh 2>&1 | go run .ci/report.go counts
//
// A package that fails outside of any test counts as one failed test. Lines
// that are no JSON are shown as they are.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"time"
)

// An event is one line of test2json, and of the build that comes before.
type event struct {
	Action, Package, Test, Output, ImportPath string
	Elapsed                                   float64
}

// A report counts tests and keeps their output until it is known to be
// needed.
type report struct {
	passed, failed, skipped int
	output                  map[string]*strings.Builder // by package and test
	tests, failures         map[string]int              // by package
}

func main() {
	r := report{output: map[string]*strings.Builder{}, tests: map[string]int{}, failures: map[string]int{}}
	in := bufio.NewReaderSize(os.Stdin, 1<<20)
	for {
		line, err := in.ReadString('\n')
		var e event
		if json.Unmarshal([]byte(line), &e) == nil && e.Action != "" {
			r.add(e)
		} else {
			fmt.Print(line)
		}
		if err != nil {
			break
		}
	}
	counts, err := os.OpenFile(os.Args[1], os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err == nil {
		_, err = fmt.Fprintln(counts, r.passed, r.failed, r.skipped)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "writing the counts:", err)
		os.Exit(1)
	}
	if r.failed > 0 {
		os.Exit(1)
	}
}

func (r *report) add(e event) {
	key := e.Package + " " + e.Test
	switch e.Action {
	case "output":
		if r.output[key] == nil {
			r.output[key] = new(strings.Builder)
		}
		if !strings.HasPrefix(e.Output, "=== ") { // RUN, PAUSE, CONT: noise
			r.output[key].WriteString(e.Output)
		}
	case "build-output":
		fmt.Print(e.Output)
	case "pass", "fail", "skip":
		if e.Test == "" {
			r.packageDone(e, key)
		} else {
			r.testDone(e, key)
		}
		delete(r.output, key)
	}
}

func (r *report) testDone(e event, key string) {
	r.tests[e.Package]++
	switch e.Action {
	case "pass":
		r.passed++
	case "fail":
		r.failed++
		r.failures[e.Package]++
		r.show(key)
	case "skip":
		r.skipped++
		r.show(key)
	}
}

func (r *report) packageDone(e event, key string) {
	if e.Action == "fail" && r.failures[e.Package] == 0 {
		r.failed++ // it did not build, or died outside of a test
	}
	if e.Action == "fail" {
		for other := range r.output { // a test that never ended died with it
			if strings.HasPrefix(other, e.Package+" ") && other != key {
				r.show(other)
			}
		}
		r.show(key)
	}
	if r.tests[e.Package] == 0 && e.Action != "fail" {
		return // no test files
	}
	took := time.Duration(e.Elapsed * float64(time.Second)).Round(100 * time.Millisecond)
	fmt.Printf("%-4s  %s  %d tests, %v\n", e.Action, e.Package, r.tests[e.Package], took)
}

func (r *report) show(key string) {
	if out := r.output[key]; out != nil {
		fmt.Print(out.String())
	}
}
