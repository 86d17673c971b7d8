package main

import (
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// program makes a file that could be executed.
func program(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "caddy")
	if err := os.WriteFile(path, nil, 0o700); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestOptionsThatCouldNotBeJudgedAreRefused(t *testing.T) {
	t.Parallel()
	caddy := program(t)
	tests := map[string]struct{ args, says string }{
		"too few slices":         {"-slices 29", "-quick"},
		"slices that are short":  {"-slice 999ms", "-quick"},
		"no slices":              {"-quick -slices 0", "-slices"},
		"slices of nothing":      {"-quick -slice 0s", "-slice"},
		"an unknown store":       {"-store etcd", "etcd"},
		"a Redis that forgets":   {"-store redis -sync everysec", "-sync"},
		"bulk on a Redis":        {"-store redis -bulk 1000", "-bulk"},
		"scale on a Redis":       {"-store redis -scale 1000", "-scale"},
		"two measurements":       {"-revoke 5 -redis-cost", "exclude"},
		"negative revocations":   {"-revoke -1", "-revoke"},
		"an unknown sync":        {"-sync sometimes", "sometimes"},
		"an unknown case":        {"-case hot,cold", "cold"},
		"an empty case":          {"-case hot,", "unlimited"},
		"a case that is twice":   {"-case hot,jwt,hot", "twice"},
		"an argument":            {"hot", "hot"},
		"a flag that is unknown": {"-fast", "-fast"},
		"a Caddy that is absent": {"-caddy " + caddy + "-not-there", "./xcaddy.sh"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			args := append([]string{"-caddy", caddy}, strings.Fields(tt.args)...)
			_, err := parseOptions(args, io.Discard)
			if err == nil || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("got %v, want it to say %s", err, tt.says)
			}
		})
	}
}

func TestOptionsWithoutArgumentsAreThoseOfTheMethod(t *testing.T) {
	t.Parallel()
	o, err := parseOptions([]string{"-caddy", program(t)}, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	if o.slices != 30 || o.slice != time.Second || o.sync != "always" || o.store != storeBadger || o.instead() != nil || o.quick || o.markdown {
		t.Errorf("got %+v", o)
	}
	if len(o.workload) != len(workloads()) {
		t.Errorf("%d cases, want all", len(o.workload))
	}
}

func TestQuickShortensWhatWasNotAskedFor(t *testing.T) {
	t.Parallel()
	caddy := program(t)
	tests := map[string]struct {
		args   string
		slices int
		slice  time.Duration
	}{
		"alone":         {"-quick", 3, 300 * time.Millisecond},
		"with a number": {"-quick -slices 5", 5, 300 * time.Millisecond},
		"with a length": {"-slice 50ms -quick", 3, 50 * time.Millisecond},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o, err := parseOptions(append([]string{"-caddy", caddy}, strings.Fields(tt.args)...), io.Discard)
			if err != nil || o.slices != tt.slices || o.slice != tt.slice {
				t.Errorf("got %d of %s, %v", o.slices, o.slice, err)
			}
		})
	}
}

func TestCasesAreMeasuredInTheOrderAskedFor(t *testing.T) {
	t.Parallel()
	chosen, err := chooseWorkloads("jwt,hot")
	if err != nil || len(chosen) != 2 || chosen[0].name != "jwt" || chosen[1].name != "hot" {
		t.Errorf("got %v, %v", chosen, err)
	}
}

func TestTheEnvironmentNamesTheCaddy(t *testing.T) {
	path := program(t)
	t.Setenv("LINKGATE_CADDY", path)
	if o, err := parseOptions(nil, io.Discard); err != nil || o.caddy != path {
		t.Errorf("got %q, %v", o.caddy, err)
	}
	t.Setenv("LINKGATE_CADDY", "")
	if got := defaultCaddy(); got != "./caddy" {
		t.Errorf("without it: %q", got)
	}
}

func TestHelpIsNoTrouble(t *testing.T) {
	t.Parallel()
	var usage strings.Builder
	if _, err := parseOptions([]string{"-help"}, &usage); !errors.Is(err, flag.ErrHelp) {
		t.Errorf("got %v", err)
	}
	if !strings.Contains(usage.String(), "-markdown") {
		t.Errorf("the usage is %q", usage.String())
	}
	if code := run([]string{"-help"}, io.Discard, io.Discard); code != exitValid {
		t.Errorf("ends with %d", code)
	}
}
