// Package lua has the sources of the Luau library in this folder, for scenarios that test it: the
// binary can run them where the folder is not.
package lua

import "embed"

// Sources is the folder src.
//
//go:embed src
var Sources embed.FS
