package main

import "math"

// clusterSlots is over how many slots a Redis Cluster spreads all keys.
const clusterSlots = 16384

// crc16 is the CRC by which a Cluster spreads keys: CCITT in the form of
// XMODEM, as the Cluster specification has it.
func crc16(text string) uint16 {
	var crc uint16
	for i := range len(text) {
		crc ^= uint16(text[i]) << 8
		for range 8 {
			if crc&0x8000 != 0 {
				crc = crc<<1 ^ 0x1021
			} else {
				crc <<= 1
			}
		}
	}
	return crc
}

// slotOf is the slot of the keys that have a link in braces.
func slotOf(link string) int { return int(crc16(link)) % clusterSlots }

// A slotLoad is how links lie over slots.
type slotLoad struct {
	links, slots int

	// most is the load of the fullest slot as a multiple of the mean.
	most float64
}

// spreadLinks lays so many links over slots.
func spreadLinks(links int, link func(n int) string) slotLoad {
	loads := make([]int, clusterSlots)
	most := 0
	for n := range links {
		slot := slotOf(link(n))
		loads[slot]++
		most = max(most, loads[slot])
	}
	return slotLoad{links: links, slots: clusterSlots, most: float64(most) * clusterSlots / float64(links)}
}

// expectedLoad is what a slotLoad of random links is expected to be: each part
// has a number of links that is distributed as Poisson has it, and the mean of
// the greatest of them is the sum of 1-F(k)^parts over all k from 0 on.
func expectedLoad(links float64, parts int) float64 {
	mean := links / float64(parts)
	const far = 12 // standard deviations, outside which nothing ever lies
	k := math.Max(0, math.Floor(mean-far*math.Sqrt(mean)))
	logGamma, _ := math.Lgamma(k + 1)
	p := math.Exp(k*math.Log(mean) - mean - logGamma)
	most, below := k, 0.0
	for end := mean + far*math.Sqrt(mean) + far; k < end; k++ {
		below += p
		most += 1 - math.Pow(math.Min(below, 1), float64(parts))
		p *= mean / (k + 1)
	}
	return most / mean
}
