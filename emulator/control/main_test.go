package control_test

import (
	"flag"
	"fmt"
	"os"
	"testing"
)

// mainOf runs the tests; if all of them were, each operation of the API must have succeeded in one,
// so that its answer was held against the description.
func mainOf(m *testing.M) {
	flag.Parse()
	code := m.Run()
	whole := flag.Lookup("test.run").Value.String() == "" && flag.Lookup("test.bench").Value.String() == "" &&
		flag.Lookup("test.list").Value.String() == "" && flag.Lookup("test.skip").Value.String() == ""
	doc, err := described()
	if code == 0 && whole && err == nil {
		for path, item := range doc.Paths.Map() {
			for method, o := range item.Operations() {
				if !seen[o.OperationID] {
					fmt.Printf("no test had %s %s succeed\n", method, path)
					code = 1
				}
			}
		}
	}
	os.Exit(code)
}
