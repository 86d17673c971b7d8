//go:build faults

package badger

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// Where nothing can be kept beside the directory, the mark lies inside.
func TestTheMarkLiesInsideWhereBesideIsNoGood(t *testing.T) {
	for name, prepare := range map[string]func(t *testing.T, dir string){
		"the directory is a volume of its own": func(t *testing.T, dir string) { mount(t, "-t", "tmpfs", "-o", "size=256m", "tmpfs", dir) },
		"its parent cannot be written": func(t *testing.T, dir string) {
			parent := filepath.Dir(dir)
			mount(t, "--bind", parent, parent)
			mount(t, "--bind", dir, dir)
			mount(t, "-o", "remount,bind,ro", parent)
			if isMountPoint(dir) {
				t.Fatal("the directory seems to be a volume of its own: the test tests something else")
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := world{options: Options{Path: filepath.Join(t.TempDir(), "db")}}
			if err := os.Mkdir(w.options.Path, dirMode); err != nil {
				t.Fatal(err)
			}
			prepare(t, w.options.Path)
			s := open(t, w.options)
			w.limited = kept(t, s, 1)[0]
			w.wantSound(t, s)
			w.wantSound(t, reopen(t, s, w))
			if _, err := os.Stat(filepath.Join(w.options.Path, "mark")); err != nil {
				t.Errorf("inside: %v", err)
			}
			if _, err := os.Stat(w.mark()); err == nil {
				t.Error("there is a mark beside the directory")
			}
		})
	}
}

// mount mounts something, its last argument, until the test ends.
func mount(t *testing.T, args ...string) {
	t.Helper()
	if out, err := exec.Command("mount", args...).CombinedOutput(); err != nil {
		t.Fatalf("mount %v: %v\n%s", args, err, out)
	}
	t.Cleanup(func() { _ = exec.Command("umount", "--lazy", args[len(args)-1]).Run() })
}
