package syntax_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"savestone/luabridge/syntax"
)

// programs are sources in which each word and sign stands apart, for tests that cut or change them.
var programs = []string{
	"local a , b = 1 , 'x'", "local function f ( a , ... ) return a end", "a . b [ c ] , d = e , f ( )",
	"function a . b : c ( d ) return self end", "if a then b ( ) elseif c then d ( ) else e ( ) end",
	"while a do break end", "repeat local a = b until a", "for i = 1 , 2 , 3 do f ( i ) end",
	"for k , v in pairs ( t ) do continue end", "do local a = { 1 ; b = 2 , [ c ] = 3 } end",
	"a . b += c ^ 2 // 3", "return not a == - b and # c .. d", "return if a then b elseif c then d else e",
	"local a : { [ string ] : number , b : ( c : T ) -> ( ) } = d", "type A < B , C ... > = ( B , C ... ) -> B ?",
	"export type A = | 'a' | 'b'", "type function f ( a ) return a end", "f { a } ( b ) . c 'd' : e ( )",
	"return a :: T , f << A , B >> ( )", "const a = function ( ) : ( A , B ) end",
	"@native local function f ( ) end", "local a : typeof ( b . c ) & { read d : E }",
}

// A source that breaks off is wrong at its end, or it is a shorter program.
func TestProgramsThatBreakOffAreWrongAtTheirEnd(t *testing.T) {
	for _, program := range programs {
		_, err := syntax.Parse(program)
		require.NoError(t, err, program)
		words := strings.Split(program, " ")
		for n := 1; n < len(words); n++ {
			source := strings.Join(words[:n], " ")
			_, err := syntax.Parse(source)
			if err == nil {
				continue
			}
			var wrong *syntax.Error
			require.ErrorAs(t, err, &wrong, source)
			if strings.HasPrefix(wrong.Message, "Incomplete statement") {
				require.LessOrEqual(t, wrong.Col, len(source), source)
				continue
			}
			if strings.HasPrefix(wrong.Message, "Expected '(', '{' or <string>") ||
				strings.HasPrefix(wrong.Message, "Missing initializer") {
				require.Equal(t, 1, wrong.Line, source)
				continue // told where the call or the statement begins
			}
			require.Contains(t, wrong.Message, "got <eof>", source)
			require.Equal(t, syntax.Pos{Line: 1, Col: len(source) + 1}, wrong.Pos, source)
		}
	}
}

// What stands between words does not change what a program means.
func TestSpaceAndCommentsMeanNothing(t *testing.T) {
	for _, program := range programs {
		chunk, err := syntax.Parse(program)
		require.NoError(t, err, program)
		want := printer{chunk}.block(chunk.Body)
		for _, between := range []string{
			"  ", "\t", " --[[x]] ", " --[==[ ]] ]==] ", "\v\f ", " --[[\n]] ",
		} {
			source := strings.ReplaceAll(program, " ", between)
			if strings.Contains(between, "\n") && strings.Contains(program, " (") {
				continue // a bracket on a new line is ambiguous
			}
			expectParses(t, source, want)
		}
		expectParses(t, "\n\n"+program+"\n", want)
		expectParses(t, "#!shebang\n"+program+" -- end", want)
	}
}

// A stray word in front of a program, or a bracket behind it, is an error at its own place.
func TestStrayBracketsAreFoundWhereTheyAre(t *testing.T) {
	for _, program := range programs {
		returns := strings.HasPrefix(program, "return")
		for _, stray := range []string{")", "]", "}", "end", "until", "else", "then", "do", "in", ":"} {
			_, err := syntax.Parse(stray + " " + program)
			if stray == "do" { // never closed
				require.ErrorContains(t, err, "Expected 'end' (to close 'do' at column 1), got <eof>")
			} else {
				require.ErrorContains(t, err, "1:1: ", stray+" "+program)
			}
			if stray == "do" && !returns || stray == ":" || stray == "then" && returns {
				continue
			}
			_, err = syntax.Parse(program + "\n" + stray)
			if stray == "end" || stray == "until" || stray == "else" || returns {
				require.EqualError(t, err, fmt.Sprintf("2:1: Expected <eof>, got '%s'", stray), program)
				continue
			}
			require.Error(t, err, program)
			require.Contains(t, err.Error(), "2:1: Expected", program)
		}
	}
}

// Every name and every literal of a tree is where the source has it.
func TestNodesStandWhereTheSourceHasThem(t *testing.T) {
	names := 0
	for _, program := range programs {
		for _, source := range []string{program, "\n\n\t " + strings.ReplaceAll(program, " ", "  ")} {
			chunk, err := syntax.Parse(source)
			require.NoError(t, err, source)
			lines := strings.Split(source, "\n")
			check := func(at syntax.Pos, text string) {
				names++
				line := lines[at.Line-1][at.Col-1:]
				require.True(t, strings.HasPrefix(line, text), "%s: %v is no %q", source, at, text)
			}
			visit(reflect.ValueOf(chunk.Body), map[uintptr]bool{}, func(node any) {
				switch x := node.(type) {
				case *syntax.GlobalRef:
					check(x.Pos, x.Name)
				case *syntax.LocalRef:
					check(x.Pos, x.Local.Name)
				case *syntax.Local:
					if x.Name != "self" {
						check(x.Pos, x.Name)
					}
				case *syntax.Field:
					check(x.NamePos, x.Name)
				case *syntax.Number:
					check(x.Pos, fmt.Sprint(x.Value))
				case *syntax.String:
					if strings.Contains(source, "'"+x.Value+"'") {
						check(x.Pos, "'"+x.Value)
					}
				case *syntax.Binary:
					check(x.OpPos, x.Op.String())
				case *syntax.Vararg:
					check(x.Pos, "...")
				case *syntax.Nil:
					check(x.Pos, "nil")
				case *syntax.Table:
					check(x.Pos, "{")
				case *syntax.Break:
					check(x.Pos, "break")
				case *syntax.Continue:
					check(x.Pos, "continue")
				case *syntax.Return:
					check(x.Pos, "return")
				}
			})
		}
	}
	require.Greater(t, names, 160)
}

// visit calls a function for every node of a tree.
func visit(v reflect.Value, seen map[uintptr]bool, each func(node any)) {
	switch v.Kind() {
	case reflect.Interface:
		visit(v.Elem(), seen, each)
	case reflect.Pointer:
		if v.IsNil() || seen[v.Pointer()] {
			return
		}
		seen[v.Pointer()] = true
		each(v.Interface())
		visit(v.Elem(), seen, each)
	case reflect.Struct:
		for i := range v.NumField() {
			if name := v.Type().Field(i).Name; name != "Parent" && name != "Func" {
				visit(v.Field(i), seen, each)
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			visit(v.Index(i), seen, each)
		}
	}
}
