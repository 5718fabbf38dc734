// Package syntax reads Luau: text in, tree out. It knows the whole grammar of Luau release 722,
// types included; types are checked for form and then dropped, because nothing here uses them.
//
//	chunk, err := syntax.Parse(source)
//
// Names are already resolved in the tree: each use of a local points at its Local, and a Local
// knows whether an inner function captures it. The package knows no virtual machine.
package syntax
