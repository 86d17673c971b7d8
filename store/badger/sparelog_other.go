//go:build !linux

package badger

import (
	"errors"
	"os"
)

// allocate cannot be done here: the mark alone has to do.
func allocate(*os.File, int64) error { return errors.ErrUnsupported }

// lockDir has nothing to do where no spare log is ever made.
func lockDir(string) (unlock func(), err error) { return nil, errors.ErrUnsupported }
