package main

import (
	"errors"
	"fmt"
	"strings"
)

// fileNames turns names of stores and scopes into names of files that any file system keeps apart:
// also one that ignores case, or that treats some names or characters in a special way. A name
// looks like itself where that is safe; nameIn undoes it in any case. It remembers the names it
// gave in one folder.
type fileNames map[string]bool

// emptyName is the file name of the empty name, which only one store has (R3).
const emptyName = "%"

// file returns the file name for a name. One that differs from an earlier one only in case has all
// its letters escaped.
func (n fileNames) file(name string) string {
	file := escapeName(name, isSafe)
	if n[strings.ToLower(file)] {
		file = escapeName(name, func(c byte) bool { return isSafe(c) && !isLetter(c) })
	}
	n[strings.ToLower(file)] = true
	return file
}

// reservedNames cannot be names of files on Windows, whatever the extension.
const reservedNames = " con prn aux nul com0 com1 com2 com3 com4 com5 com6 com7 com8 com9" +
	" lpt0 lpt1 lpt2 lpt3 lpt4 lpt5 lpt6 lpt7 lpt8 lpt9 "

// escapeName writes a name's unsafe bytes as % and two hexadecimal digits.
func escapeName(name string, safe func(byte) bool) string {
	if name == "" {
		return emptyName
	}
	reserved := strings.Contains(reservedNames, " "+strings.ToLower(name)+" ")
	var b strings.Builder
	for i := range len(name) {
		c := name[i]
		atEnd := i == 0 || i == len(name)-1
		if !safe(c) || c == ' ' && atEnd || i == 0 && reserved {
			fmt.Fprintf(&b, "%%%02X", c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

// isSafe reports whether a byte means nothing to a file system. Dots do: at either end, and before
// an extension.
func isSafe(c byte) bool {
	return isLetter(c) || '0' <= c && c <= '9' || strings.IndexByte(" -_+=@,()", c) >= 0
}

func isLetter(c byte) bool { return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' }

// nameIn returns the name that a file name stands for.
func nameIn(file string) (string, error) {
	if file == emptyName {
		return "", nil
	}
	var b strings.Builder
	for i := 0; i < len(file); i++ {
		if file[i] != '%' {
			b.WriteByte(file[i])
			continue
		}
		c, err := unhex(file[i+1:])
		if err != nil {
			return "", fmt.Errorf("%q in a file name: %w", file[i:min(i+3, len(file))], err)
		}
		b.WriteByte(c)
		i += 2
	}
	return b.String(), nil
}

// unhex reads the two digits that an escape begins with.
func unhex(text string) (byte, error) {
	const digits = "0123456789ABCDEF"
	if len(text) >= 2 {
		high, low := strings.IndexByte(digits, text[0]), strings.IndexByte(digits, text[1])
		if high >= 0 && low >= 0 {
			return byte(high<<4 | low), nil
		}
	}
	return 0, errors.New("want % and two of " + digits)
}
