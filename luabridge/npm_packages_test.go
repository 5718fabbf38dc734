package luabridge_test

import (
	"archive/tar"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// The tests named TestNpm... run packages from the npm registry as they are published. The packages
// are not part of this repository: npm downloads them once, into the user's cache.

// npmProject copies a project of testdata/npm to a folder of its own, unpacks packages beside it,
// and returns the folder.
func npmProject(t *testing.T, name string, packages ...string) string {
	t.Helper()
	folder := npmModules(t, packages...)
	require.NoError(t, os.CopyFS(folder, os.DirFS(filepath.Join("../testdata/npm", name))))
	return folder
}

// npmModules returns a new folder whose node_modules has packages, each named name@version.
func npmModules(t *testing.T, packages ...string) string {
	t.Helper()
	folder := t.TempDir()
	for i, archive := range npmPack(t, packages...) {
		name := packages[i][:strings.LastIndex(packages[i], "@")]
		require.NoError(t, unpack(archive, filepath.Join(folder, "node_modules", name)))
	}
	return folder
}

// npmPack returns the archives of packages, which it downloads if the cache has them not.
func npmPack(t *testing.T, packages ...string) []string {
	t.Helper()
	cache := npmCache(t)
	var archives, missing []string
	for _, p := range packages {
		archive := filepath.Join(cache, fileName(p)+".tgz")
		archives = append(archives, archive)
		if _, err := os.Stat(archive); errors.Is(err, fs.ErrNotExist) {
			missing = append(missing, p)
		}
	}
	if len(missing) == 0 {
		return archives
	}
	fresh, err := os.MkdirTemp(cache, "download-")
	require.NoError(t, err)
	defer os.RemoveAll(fresh)
	npm(t, fresh, append([]string{"pack"}, missing...)...)
	files, err := filepath.Glob(filepath.Join(fresh, "*.tgz"))
	require.NoError(t, err)
	for _, file := range files { // renamed when complete, so that the cache never has half a file
		require.NoError(t, os.Rename(file, filepath.Join(cache, filepath.Base(file))))
	}
	for _, archive := range archives {
		require.FileExists(t, archive)
	}
	return archives
}

// npmInstall returns a folder whose node_modules has packages and all that they depend on.
func npmInstall(t *testing.T, packages ...string) string {
	t.Helper()
	cache := npmCache(t)
	folder := filepath.Join(cache, "with-dependencies-"+fileName(strings.Join(packages, "-and-")))
	if _, err := os.Stat(folder); err == nil {
		return folder
	}
	fresh, err := os.MkdirTemp(cache, "install-")
	require.NoError(t, err)
	defer os.RemoveAll(fresh)
	npm(t, fresh, append([]string{"install", "--no-audit", "--no-fund", "--ignore-scripts",
		"--prefix", fresh}, packages...)...)
	if err := os.Rename(fresh, folder); err != nil {
		require.DirExists(t, folder, err) // or another run was faster
	}
	return folder
}

// fileName is what npm calls a package's archive.
func fileName(pkg string) string {
	return strings.NewReplacer("@", "-", "/", "-").Replace(strings.TrimPrefix(pkg, "@"))
}

func npmCache(t *testing.T) string {
	t.Helper()
	root, err := os.UserCacheDir()
	cache := filepath.Join(root, "savestone", "npm")
	if err != nil || os.MkdirAll(cache, 0o755) != nil {
		return t.TempDir() // nothing is kept then
	}
	return cache
}

// networkVariable says that tests may use the network when it is 1. Then it has to be there.
const networkVariable = "SAVESTONE_NET"

// npm runs npm in a folder. Unless tests may use the network, the test is skipped.
func npm(t *testing.T, folder string, args ...string) {
	t.Helper()
	if os.Getenv(networkVariable) != "1" {
		t.Skipf("skipped: %s is not 1; want it for npm %s", networkVariable,
			strings.Join(args, " "))
	}
	args = append(args, "--prefer-offline", "--fetch-retries=1", "--fetch-retry-mintimeout=1000",
		"--loglevel=error")
	command := exec.CommandContext(t.Context(), "npm", args...)
	command.Dir = folder
	output, err := command.CombinedOutput()
	require.NoError(t, err, "npm %s:\n%s", strings.Join(args, " "), output)
}

// unpack extracts an archive of npm's; all files in it lie in one folder, which is left out.
func unpack(archive, folder string) error {
	file, err := os.Open(archive)
	if err != nil {
		return err
	}
	defer file.Close()
	plain, err := gzip.NewReader(file)
	if err != nil {
		return fmt.Errorf("unpack %s: %w", archive, err)
	}
	for files := tar.NewReader(plain); ; {
		header, err := files.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("unpack %s: %w", archive, err)
		}
		_, name, inside := strings.Cut(header.Name, "/")
		if header.Typeflag != tar.TypeReg || !inside || !filepath.IsLocal(name) {
			continue
		}
		if err := writeFile(filepath.Join(folder, name), files); err != nil {
			return fmt.Errorf("unpack %s: %w", archive, err)
		}
	}
}

func writeFile(path string, content io.Reader) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	_, err = io.Copy(file, content)
	return errors.Join(err, file.Close())
}
