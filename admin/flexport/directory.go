package flexport

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/linkgate/linkgate/store/strictjson"
)

// namesAtOnce is how many names of a directory are held in memory.
const namesAtOnce = 256

// readDirectory reads the entries of a directory, in no particular order.
func readDirectory(name string, to sink) error {
	root, err := os.OpenRoot(name)
	if err != nil {
		return fmt.Errorf("opening the export: %w", err)
	}
	defer root.Close()
	dir, err := root.Open(".")
	if err != nil {
		return fmt.Errorf("opening the export: %w", err)
	}
	defer dir.Close()
	found := false
	for {
		names, err := dir.ReadDir(namesAtOnce)
		for _, n := range names {
			if ignored(n.Name()) {
				continue
			}
			found = true
			if err := to.give(directoryEntry(root, name, n)); err != nil {
				return err
			}
		}
		switch {
		case errors.Is(err, io.EOF) && !found:
			return fmt.Errorf("the directory has no entries: <id>/%s is what is looked for", entryFile)
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return fmt.Errorf("reading the directory: %w", err)
		}
	}
}

// ignored reports whether a name beside the entries is none: the collection's
// own file, and what is hidden.
func ignored(name string) bool {
	return name == "tokens.yaml" || strings.HasPrefix(name, ".")
}

// directoryEntry reads the entry of one directory. Its name is the id: it is
// what Flextype looks a token up by, whatever the file says.
func directoryEntry(root *os.Root, parent string, d fs.DirEntry) Entry {
	e := Entry{Name: filepath.Join(parent, d.Name())}
	switch {
	case d.Type()&fs.ModeSymlink != 0:
		e.Err = errors.New("is a symbolic link, which is not followed")
		return e
	case !d.IsDir():
		e.Err = errors.New("is not the directory of an entry")
		return e
	}
	file := path.Join(d.Name(), entryFile)
	e.Name = filepath.Join(parent, d.Name(), entryFile)
	info, err := root.Lstat(file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		e.Err = errors.New("does not exist")
		return e
	case err != nil:
		e.Err = reading(err)
		return e
	}
	e.Row, e.Err = readFile(info, d.Name(), func() (*os.File, error) { return root.Open(file) })
	return e
}

// readOne reads an export that is one file of an entry. The name of its
// directory is the id.
func readOne(name string, to sink) error {
	absolute, err := filepath.Abs(name)
	if err != nil {
		return fmt.Errorf("opening the export: %w", err)
	}
	e := Entry{Name: name}
	info, err := os.Stat(name)
	if err != nil {
		return fmt.Errorf("opening the export: %w", err)
	}
	id := filepath.Base(filepath.Dir(absolute))
	e.Row, e.Err = readFile(info, id, func() (*os.File, error) { return os.Open(name) })
	return to.give(e)
}

// readFile reads the file of an entry.
func readFile(info fs.FileInfo, id string, open func() (*os.File, error)) (json.RawMessage, error) {
	switch {
	case info.Mode()&fs.ModeSymlink != 0:
		return nil, errors.New("is a symbolic link, which is not followed")
	case !info.Mode().IsRegular():
		return nil, errors.New("is not a regular file")
	case info.Size() > MaxEntry:
		return nil, errTooLong
	}
	f, err := open()
	if err != nil {
		return nil, reading(err)
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, MaxEntry+1))
	switch {
	case err != nil:
		return nil, reading(err)
	case len(text) > MaxEntry: // it has grown
		return nil, errTooLong
	}
	members, err := parseYAML(text)
	if err != nil {
		return nil, err
	}
	if !has(members, "modified_at") {
		members = append(members, strictjson.Member{
			Name: "modified_at", Value: strconv.AppendInt(nil, info.ModTime().Unix(), 10),
		})
	}
	return row(id, members)
}

// reading is an error of a file without its name, which holds the id.
func reading(err error) error {
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		err = p.Err
	}
	return fmt.Errorf("reading it: %w", err)
}
