package luabridge

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/tailscale/hujson"
	lua "github.com/yuin/gopher-lua"

	"savestone/emulator"
	"savestone/luabridge/sched"
	"savestone/luabridge/stdlib"
	"savestone/luabridge/vm"
)

// luauConfig is what the Luau configuration of one folder says of require: aliases, by their names
// in lower case.
type luauConfig struct {
	file    string
	aliases map[string]string
}

// luauConfigs has the configurations that were looked for, by folder; nil where there is none.
type luauConfigs map[string]*luauConfig

// The two files that may hold a folder's configuration.
const (
	configJSON = ".luaurc"
	configLuau = ".config.luau"
)

// resolve returns the path that an alias stands for in a file: the nearest folder above the file
// whose configuration has the alias decides.
func (c luauConfigs) resolve(file, alias string) (string, error) {
	return c.follow(filepath.Dir(file), strings.ToLower(alias), nil)
}

func (c luauConfigs) follow(folder, alias string, through []string) (string, error) {
	for _, before := range through {
		if before == alias {
			return "", fmt.Errorf("the aliases @%s lead in a circle",
				strings.Join(append(through, alias), " → @"))
		}
	}
	for {
		config, err := c.read(folder)
		if err != nil {
			return "", err
		}
		if config != nil {
			if target, ok := config.aliases[alias]; ok {
				return c.target(folder, target, append(through, alias))
			}
		}
		above := filepath.Dir(folder)
		if above == folder {
			return "", fmt.Errorf("@%s is not a valid alias: no %s here or above defines it",
				alias, configJSON)
		}
		folder = above
	}
}

// target makes a path of what an alias is defined as, which may begin with another alias.
func (c luauConfigs) target(folder, target string, through []string) (string, error) {
	name, isAlias := strings.CutPrefix(target, "@")
	if !isAlias {
		if filepath.IsAbs(target) {
			return filepath.Clean(target), nil
		}
		return filepath.Join(folder, filepath.FromSlash(target)), nil
	}
	name, rest, _ := strings.Cut(name, "/")
	base, err := c.follow(folder, strings.ToLower(name), through)
	return filepath.Join(base, filepath.FromSlash(rest)), err
}

// read returns the configuration of one folder, or nil.
func (c luauConfigs) read(folder string) (*luauConfig, error) {
	if config, known := c[folder]; known {
		return config, nil
	}
	plain, luau := filepath.Join(folder, configJSON), filepath.Join(folder, configLuau)
	text, err := os.ReadFile(plain)
	code, codeErr := os.ReadFile(luau)
	var config *luauConfig
	switch {
	case err == nil && codeErr == nil:
		return nil, fmt.Errorf("%s has both %s and %s, want one", folder, configJSON, configLuau)
	case err == nil:
		config, err = parseLuaurc(plain, text)
	case codeErr == nil:
		config, err = runConfig(luau, string(code))
	case errors.Is(err, fs.ErrNotExist) && errors.Is(codeErr, fs.ErrNotExist):
		err = nil
	default:
		err = errors.Join(err, codeErr)
	}
	if err != nil {
		return nil, err
	}
	c[folder] = config
	return config, nil
}

func parseLuaurc(file string, text []byte) (*luauConfig, error) {
	plain, err := hujson.Standardize(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	var content struct {
		Aliases map[string]string `json:"aliases"`
	}
	if err := json.Unmarshal(plain, &content); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return newConfig(file, content.Aliases)
}

func newConfig(file string, aliases map[string]string) (*luauConfig, error) {
	config := &luauConfig{file: file, aliases: map[string]string{}}
	for name, target := range aliases {
		if name == "" || strings.Trim(strings.ToLower(name), aliasCharacters) != "" {
			return nil, fmt.Errorf("%s: got the alias %q, want letters, digits, '-', '_' and '.'",
				file, name)
		}
		config.aliases[strings.ToLower(name)] = target
	}
	return config, nil
}

const aliasCharacters = "abcdefghijklmnopqrstuvwxyz0123456789-_."

// configTime is how long a configuration may compute.
const configTime = 2 * time.Second

// runConfig runs a configuration written in Luau, in a world of its own.
func runConfig(file, source string) (*luauConfig, error) {
	limit := &vm.Limit{}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go func() {
		if (emulator.Wall{}).Sleep(ctx, configTime) == nil {
			limit.Stop(fmt.Sprintf("it took longer than %s", configTime))
		}
	}()
	v := vm.New(vm.Options{Sim: sched.New(Epoch), Library: stdlib.Library(), Limit: limit})
	defer v.Close()
	fn, err := v.Load(source, filepath.Base(file), v.Globals)
	if err != nil {
		return nil, sourceError(file, err)
	}
	results, fault := v.NewThread(fn).Resume()
	if fault != nil {
		return nil, fmt.Errorf("%s: %w", file, fault)
	}
	aliases := map[string]string{}
	if len(results) > 0 {
		table := field(field(results[0], "luau"), "aliases")
		if table, ok := table.(*lua.LTable); ok {
			for key, value := vm.Next(table, lua.LNil); key != lua.LNil; {
				aliases[vm.Text(key)] = vm.Text(value)
				key, value = vm.Next(table, key)
			}
		}
	}
	return newConfig(file, aliases)
}

func field(value lua.LValue, name string) lua.LValue {
	if table, ok := value.(*lua.LTable); ok {
		return table.RawGetString(name)
	}
	return lua.LNil
}
