package flexquery

import (
	"strconv"
	"strings"
	"time"
)

// dateForms are the forms of a date in a text, all in UTC but for the first,
// which says its zone. Days before months is how Flextype itself wrote
// `created_at`, so it is in the exports and in the data of its users.
var dateForms = []string{
	time.RFC3339,
	"2006-01-02 15:04:05",
	"2006-01-02 15:04",
	"2006-01-02",
	"02-01-2006 15:04:05",
	"02-01-2006 15:04",
	"02-01-2006",
}

// longestDate is more than a date needs.
const longestDate = 64

// moment reads a value as a point in time, in Unix seconds: a number, a text
// that reads as one (PHP writes it with an `@`), or a date.
func (v Value) moment() (seconds number, ok bool) {
	if v.kind == Text {
		v.text = strings.TrimPrefix(v.text, "@")
	}
	if n, ok := v.number(); ok {
		return n, true
	}
	if v.kind != Text {
		return number{}, false
	}
	t, ok := date(v.text)
	return secondsOf(t), ok
}

// IsDate reports whether a text is a date to the operators newer and older.
func IsDate(text string) bool {
	_, ok := date(text)
	return ok
}

func date(text string) (t time.Time, ok bool) {
	if len(text) > longestDate {
		return t, false
	}
	text = strings.ToUpper(strings.Trim(text, numberSpace))
	for _, form := range dateForms {
		if t, err := time.Parse(form, text); err == nil {
			return t, true
		}
	}
	return t, false
}

// secondsOf is a time in Unix seconds, with what it has below them.
func secondsOf(t time.Time) number {
	seconds, below := t.Unix(), t.Nanosecond()
	sign := ""
	if seconds < 0 {
		sign, seconds = "-", -seconds
		if below > 0 { // both count away from zero then
			seconds, below = seconds-1, int(time.Second)-below
		}
	}
	fraction := strconv.Itoa(int(time.Second) + below)[1:]
	n, _ := numberIn(sign + strconv.FormatInt(seconds, 10) + "." + fraction)
	return n
}
