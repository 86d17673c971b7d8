package caddymodule

import "fmt"

// checkMove refuses another store than the one that the running configuration
// has open. From one request to the next every token would be unknown, and uses
// that were counted in one store would not be in the other: whoever wants that
// stops Caddy, so that nothing is under way meanwhile.
func checkMove(p StoreProvider) error {
	running, err := runningApp()
	if err != nil {
		// there is none, or it has no gates
		return nil
	}
	return running.opener.stay(p)
}

// stay returns an error where the engine's store is open and is not what p
// describes.
func (o *opener) stay(p StoreProvider) error {
	key, err := p.Resource()
	if err != nil {
		// opening it will tell
		return nil
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.lease == nil || o.lease.key == key {
		return nil
	}
	return fmt.Errorf("opening token store: %s is open and a reload cannot change that to %s: restart Caddy to do so", o.lease.key, key)
}
