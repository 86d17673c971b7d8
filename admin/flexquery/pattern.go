package flexquery

import (
	"errors"
	"fmt"
	"regexp"
	"regexp/syntax"
)

const (
	// maxPattern is the longest regular expression, in bytes.
	maxPattern = 512

	// maxProgram is the most steps that all regular expressions of a query
	// take together when they are compiled: a text is compared with each
	// step at each of its bytes. `x{1000}` takes a thousand.
	maxProgram = 1000
)

// patternFlags are those of Flextype: letters match in either case, and `^`
// and `$` match at each line.
const patternFlags = "(?im)"

// compilePattern compiles a regular expression in the syntax of RE2, whose
// time is linear in the text whatever the expression is. steps is what it
// takes of maxProgram. Errors do not quote the expression.
func compilePattern(pattern string) (re *regexp.Regexp, steps int, err error) {
	if len(pattern) > maxPattern {
		return nil, 0, fmt.Errorf("is a regular expression of more than %d bytes", maxPattern)
	}
	parsed, err := syntax.Parse(patternFlags+pattern, syntax.Perl)
	if err != nil {
		problem := "malformed"
		if wrong, ok := errors.AsType[*syntax.Error](err); ok {
			problem = wrong.Code.String()
		}
		return nil, 0, fmt.Errorf("is no regular expression in the syntax of RE2: %s", problem)
	}
	program, err := syntax.Compile(parsed.Simplify())
	if err != nil {
		return nil, 0, errors.New("is a regular expression that cannot be compiled")
	}
	if steps = len(program.Inst); steps > maxProgram {
		return nil, 0, fmt.Errorf("is too large a regular expression: its repetitions take more than %d steps", maxProgram)
	}
	re, err = regexp.Compile(patternFlags + pattern)
	return re, steps, err
}
