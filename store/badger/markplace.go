package badger

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"syscall"
)

// markPlaces are where the mark of a database may lie, the best one first.
//
// Beside the directory it outlives it: what is done to the directory as a
// whole, such as putting an old copy in its place, is noticed. That is no good
// where the directory is a file system of its own, such as the volume of a
// container: what lies beside it has another life and may be gone tomorrow.
// And a server that has a directory to write in need not have its parent. The
// mark lies inside then, and an old copy of the whole directory, which has its
// old mark in it, is not noticed.
func markPlaces(o Options) []string {
	dir := absolute(o.Path)
	switch inside := filepath.Join(dir, "mark"); {
	case o.Mark != "":
		return []string{absolute(o.Mark)}
	case isMountPoint(dir):
		return []string{inside}
	default:
		return []string{dir + ".mark", inside}
	}
}

// absolute gives a path one spelling, as far as that is possible.
func absolute(path string) string {
	if whole, err := filepath.Abs(path); err == nil {
		path = whole
	}
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	return path
}

// standing returns the place at which a mark lies, which is last where that is
// one of them; false where there is none at any place.
func standing(places []string, last string) (string, bool) {
	if slices.Contains(places, last) {
		places = append([]string{last}, places...)
	}
	for _, place := range places {
		if _, err := os.Lstat(place); !errors.Is(err, fs.ErrNotExist) {
			return place, true
		}
	}
	return "", false
}

// createMarkIn makes the mark at the first of the places at which that is
// possible, and returns at which.
func createMarkIn(places []string, s slot) (f *os.File, place string, err error) {
	for _, place = range places {
		f, err = createMark(place, s)
		if !errors.Is(err, fs.ErrPermission) && !errors.Is(err, syscall.EROFS) {
			break
		}
	}
	return f, place, err
}
