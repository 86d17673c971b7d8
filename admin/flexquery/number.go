package flexquery

import (
	"strconv"
	"strings"
)

// A number is a decimal number, exactly: 0.digits × 10^point. Floating point
// would take 9007199254740993 for its neighbour.
type number struct {
	negative bool

	// digits has no zero at either end, and is empty for zero.
	digits string
	point  int64
}

// maxExponent is where exponents end. No two numbers that somebody means are
// that far apart.
const maxExponent = 1 << 40

// numberSpace is the white space that PHP allows around a number in a text.
const numberSpace = " \t\n\r\v\f"

// numberIn reads a text that PHP takes for a number: a decimal with an
// optional sign, fraction and exponent, and white space around it. JSON
// numbers are such texts.
func numberIn(text string) (n number, ok bool) {
	text = strings.Trim(text, numberSpace)
	n.negative = strings.HasPrefix(text, "-")
	if n.negative || strings.HasPrefix(text, "+") {
		text = text[1:]
	}
	whole, rest := cutDigits(text)
	fraction := ""
	if strings.HasPrefix(rest, ".") {
		fraction, rest = cutDigits(rest[1:])
	}
	if whole == "" && fraction == "" {
		return number{}, false
	}
	exponent, ok := readExponent(rest)
	if !ok {
		return number{}, false
	}
	n.digits = strings.TrimLeft(whole, "0")
	n.point = int64(len(n.digits)) + exponent
	n.append(strings.TrimRight(fraction, "0"))
	n.digits = strings.TrimRight(n.digits, "0")
	if n.digits == "" {
		return number{}, true
	}
	return n, true
}

// append adds the digits of a fraction behind the whole ones.
func (n *number) append(fraction string) {
	if n.digits != "" {
		n.digits += fraction
		return
	}
	n.digits = strings.TrimLeft(fraction, "0")
	n.point -= int64(len(fraction) - len(n.digits))
}

func cutDigits(s string) (digits, rest string) {
	i := 0
	for i < len(s) && '0' <= s[i] && s[i] <= '9' {
		i++
	}
	return s[:i], s[i:]
}

// readExponent reads what follows the digits: nothing, or an exponent.
func readExponent(s string) (exponent int64, ok bool) {
	if s == "" {
		return 0, true
	}
	if s[0]|0x20 != 'e' {
		return 0, false
	}
	digits := strings.TrimPrefix(s[1:], "-")
	if len(digits) == len(s)-1 {
		digits = strings.TrimPrefix(digits, "+")
	}
	if all, rest := cutDigits(digits); all == "" || rest != "" {
		return 0, false
	}
	exponent, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || exponent > maxExponent {
		exponent = maxExponent
	}
	if s[1] == '-' {
		exponent = -exponent
	}
	return exponent, true
}

// compare orders two numbers.
func (n number) compare(other number) int {
	switch {
	case n.sign() != other.sign():
		return n.sign() - other.sign()
	case n.negative:
		return other.compareSize(n)
	default:
		return n.compareSize(other)
	}
}

func (n number) sign() int {
	switch {
	case n.digits == "":
		return 0
	case n.negative:
		return -1
	default:
		return 1
	}
}

// compareSize orders two numbers of one sign by their distance from zero.
func (n number) compareSize(other number) int {
	switch {
	case n.digits == "" || n.point == other.point:
		return strings.Compare(n.digits, other.digits)
	case n.point < other.point:
		return -1
	default:
		return 1
	}
}
