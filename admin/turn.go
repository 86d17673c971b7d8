package admin

import "context"

// work hashes something else than a credential that is being presented. It
// shares the machine with those, and has a queue of its own, so that neither
// can crowd out the other.
func (v *verifier) work(ctx context.Context, do func() error) error {
	return v.inTurn(ctx, v.works, do)
}

// inTurn takes a place in a queue, if there is one, and hashes when it is up.
func (v *verifier) inTurn(ctx context.Context, queue chan struct{}, do func() error) error {
	select {
	case queue <- struct{}{}:
	default:
		return tooMany("too many secrets are being hashed", busyRetry)
	}
	defer func() { <-queue }()
	select {
	case v.running <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-v.running }()
	return do()
}
