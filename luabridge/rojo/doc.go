// Package rojo reads Rojo projects: project files, the folders they name, and every kind of file
// that Rojo turns into Instances. The result is a plain tree of Nodes, each with the files it came
// from; luabridge makes Instances of them.
//
//	file, err := rojo.Find(".")
//	project, err := rojo.Load(file)
//	place, err := rojo.Place(project) // a library becomes ReplicatedStorage.<name> of a new place
//
// It is a package of its own, beyond the twelve that were budgeted, because it needs neither Lua
// nor data stores: it can be tested with folders alone, and it is all that knows the file formats
// (JSON with comments, TOML, YAML, CSV, XML) and their libraries.
//
// The rules are those of Rojo 7.7. Where Rojo depends on its database of Roblox's classes, this
// package does not decide: a property without an explicit type keeps the form it has in the file.
// Reading is deterministic: a folder's entries come in the order of their names. Only what no file
// can be read without is an error; the rest is a warning.
package rojo
