package roblox

import (
	lua "github.com/yuin/gopher-lua"
)

// Disk is where FileSystemService and CoreScriptSyncService lead. Paths have forward slashes.
type Disk interface {
	// ScriptFile returns the file that a script was made of, or "".
	ScriptFile(script *Instance) string
	Exists(path string) bool
	IsFile(path string) bool
	ReadFile(path string) (string, error)
	WriteFile(path, text string) error
	Remove(path string) error
	MakeFolders(path string) error
}

// diskServices are the services of Roblox's own test runner, by which Jest keeps snapshots in
// files. Scripts of a game cannot reach them, and Jest does without.
var diskServices = map[string]bool{"CoreScriptSyncService": true, "FileSystemService": true}

// forbids reports whether scripts cannot reach a service.
func (s *Server) forbids(service string) bool {
	return diskServices[service] && s.options.Disk == nil
}

func fileSystemClasses() []*Class {
	disk := func(c Call) Disk { return c.Server.options.Disk }
	act := func(deed func(c Call) error) Method {
		return func(c Call) int {
			if err := deed(c); err != nil {
				c.Raise("%v", err)
			}
			return 0
		}
	}
	return []*Class{
		{Name: "CoreScriptSyncService", Super: "Instance", Service: true,
			Methods: map[string]Method{
				"GetScriptFilePath": func(c Call) int {
					return c.Return(lua.LString(disk(c).ScriptFile(c.Instance(1))))
				},
			}},
		{Name: "FileSystemService", Super: "Instance", Service: true,
			Methods: map[string]Method{
				"CreateDirectories": act(func(c Call) error {
					return disk(c).MakeFolders(c.String(1))
				}),
				"Exists": func(c Call) int {
					return c.Return(lua.LBool(disk(c).Exists(c.String(1))))
				},
				"IsRegularFile": func(c Call) int {
					return c.Return(lua.LBool(disk(c).IsFile(c.String(1))))
				},
				"ReadFile": func(c Call) int {
					text, err := disk(c).ReadFile(c.String(1))
					if err != nil {
						c.Raise("%v", err)
					}
					return c.Return(lua.LString(text))
				},
				"Remove": act(func(c Call) error { return disk(c).Remove(c.String(1)) }),
				"WriteFile": act(func(c Call) error {
					return disk(c).WriteFile(c.String(1), c.String(2))
				}),
			}},
	}
}
