package main

import (
	"context"
	"io"
)

func benchRedisCost(ctx context.Context, o options, out, notes io.Writer) error { return nil }
