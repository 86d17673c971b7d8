package badger

// Promise says in a line for operators what the store is and what it promises.
func (s *Store) Promise() string {
	const what = "embedded database on this machine: "
	switch s.mode {
	case SyncEverySecond:
		return what + "a use of a token with a limit, or a reservation that covers it, is on disk before the upstream sees the request"
	case SyncNo:
		return what + "uses are with the operating system before the upstream sees the request; a power cut loses some, and limits are exceeded by as many"
	default:
		return what + "a use of a token with a limit is on disk before the upstream sees the request"
	}
}
