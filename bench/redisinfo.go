package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// A redisInfo is what a Redis says of itself.
type redisInfo struct {
	texts map[string]string

	// scripts are the runs of scripts: how many, and how long they took.
	scripts     int64
	scriptsTook time.Duration
}

// info asks the server. That shows in its figures, a little.
func (r *redisServer) info(ctx context.Context) (redisInfo, error) {
	text, err := r.client.Do(ctx, r.client.B().Info().Section("everything").Build()).ToString()
	if err != nil {
		return redisInfo{}, fmt.Errorf("asking Redis for its figures: %w", err)
	}
	return parseInfo(text), nil
}

func parseInfo(text string) redisInfo {
	i := redisInfo{texts: map[string]string{}}
	for line := range strings.Lines(text) {
		if name, value, ok := strings.Cut(strings.TrimRight(line, "\r\n"), ":"); ok {
			i.texts[name] = value
		}
	}
	// calls=3,usec=45,usec_per_call=15.00,rejected_calls=0,failed_calls=0
	for part := range strings.SplitSeq(i.texts["cmdstat_evalsha"], ",") {
		name, value, _ := strings.Cut(part, "=")
		n, err := strconv.ParseInt(value, 10, 64)
		switch {
		case err != nil:
		case name == "calls":
			i.scripts = n
		case name == "usec":
			i.scriptsTook = time.Duration(n) * time.Microsecond
		}
	}
	return i
}

// number is a figure; 0 where the server does not have it.
func (i *redisInfo) number(name string) float64 {
	n, err := strconv.ParseFloat(i.texts[name], 64)
	if err != nil {
		return 0
	}
	return n
}

// cpu is the processor time that the server has used.
func (i *redisInfo) cpu() time.Duration {
	return time.Duration((i.number("used_cpu_user") + i.number("used_cpu_sys")) * float64(time.Second))
}
