package main

import (
	"context"
	"path/filepath"
)

// A stage is what every measurement through HTTP stands on: the gateway with
// its sites, and the upstream behind them.
type stage struct {
	*gateway
	upstream *upstream
}

// setStage starts both, with a store below dir that syncs as sync says. The
// caller stops the one and closes the other.
func setStage(ctx context.Context, caddy, dir, sync string) (stage, error) {
	u, err := startUpstream()
	if err != nil {
		return stage{}, err
	}
	ports, err := freePorts(4)
	if err != nil {
		u.close()
		return stage{}, err
	}
	g, err := startGateway(ctx, caddy, dir, layout{
		Bare: ports[0], Control: ports[1], Gate: ports[2], Admin: ports[3],
		Upstream: u.address, Dir: filepath.Join(dir, "store"), Sync: sync,
	})
	if err != nil {
		u.close()
		return stage{}, err
	}
	return stage{gateway: g, upstream: u}, nil
}
