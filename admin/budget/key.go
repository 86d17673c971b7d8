package budget

import "net/netip"

// networkBits is the part of an IPv6 address that one customer is given and
// can vary the rest of at will.
const networkBits = 64

// Key names the client behind an address: an IPv4 address by itself, an IPv6
// address by its /64 network. Anything that is no address is its own key.
func Key(ip string) string {
	addr, err := netip.ParseAddr(ip)
	if err != nil {
		return ip
	}
	addr = addr.Unmap().WithZone("")
	if addr.Is4() {
		return addr.String()
	}
	return netip.PrefixFrom(addr, networkBits).Masked().String()
}
