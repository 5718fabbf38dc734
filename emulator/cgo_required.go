//go:build !cgo

package emulator

// The data lives in SQLite, which is C. This name is undefined on purpose: it is the compiler's
// error message when there is no C compiler. A type, because those are what the compiler looks at
// first.
type cgo savestone_needs_a_C_compiler_and_CGO_ENABLED_1
