package syntax_test

import "testing"

func TestStatements(t *testing.T) {
	for _, e := range []example{
		{"do end", "(do)"},
		{"do f() end g()", "(do (f)) (g)"},
		{"if a then b() end", "(if a (then (b)))"},
		{"if a then else b() end", "(if a (then) (do (b)))"},
		{"if a then elseif b then c() else d() end", "(if a (then) (if b (then (c)) (do (d))))"},
		{"while a do b() end", "(while a (b))"},
		{"repeat f() until a", "(repeat (f) until a)"},
		{"repeat local a = f() until a", "(repeat (local $a = (f)) until $a)"},
		{"for i = 1, 2 do f(i) end", "(for $i 1 2 do (f $i))"},
		{"for i = 1, 2, 3 do end", "(for $i 1 2 3 do)"},
		{"for i = i, i do end", "(for $i i i do)"},
		{"for k, v in pairs(t) do f(k, v) end", "(for $k $v in (pairs t) do (f $k $v))"},
		{"for v in t do end", "(for $v in t do)"},
		{"for k in a, b, c do end", "(for $k in a b c do)"},
		{"local a", "(local $a =)"},
		{"local a, b = 1", "(local $a $b = 1)"},
		{"local a = a", "(local $a = a)"},
		{"local a = 1; local a = a", "(local $a = 1) (local $a = $a)"},
		{"a = 1", "(set a = 1)"},
		{"a, b.c, d[1] = 1, 2", "(set a b.c d[1] = 1 2)"},
		{"f().x = 1", "(set (f).x = 1)"},
		{"(a).b = 1", "(set (paren a).b = 1)"},
		{"return", "(return)"},
		{"return;", "(return)"},
		{"return 1, 2", "(return 1 2)"},
		{"do return end f()", "(do (return)) (f)"},
		{"f() g()", "(f) (g)"},
		{"f();(g)()", "(f) ((paren g))"},
		{"f'x' g{} h[[y]]", `(f "x") (g {}) (h "y")`},
		{"while a do break end", "(while a break)"},
		{"while a do break; end", "(while a break)"},
		{"for i = 1, 2 do if i then break end end", "(for $i 1 2 do (if $i (then break)))"},
	} {
		expectParses(t, e.source, e.want)
	}
	expectError(t, "f();;", "1:5: Expected identifier when parsing expression, got ';'")
}

func TestCompoundAssignment(t *testing.T) {
	for _, op := range []string{"+", "-", "*", "/", "//", "%", "^", ".."} {
		expectParses(t, "a "+op+"= b", "("+op+"= a b)")
		expectParses(t, "a.b.c"+op+"=b+1", "("+op+"= a.b.c (+ b 1))")
	}
	expectParses(t, "a[f()] += 1", "(+= a[(f)] 1)")
	expectParses(t, "f().x ..= 'y'", `(..= (f).x "y")`)
	expectError(t, "f() += 1", "1:5: Expected identifier when parsing expression, got '+='")
	expectError(t, "(a) += 1", "1:1: Assigned expression must be a variable or a field")
	expectError(t, "a, b += 1", "1:6: Expected '=' when parsing assignment, got '+='")
	expectError(t, "local a += 1", "1:9: Expected identifier when parsing expression, got '+='")
}

func TestContinue(t *testing.T) {
	expectParses(t, "while a do continue end", "(while a continue)")
	expectParses(t, "while a do continue; end", "(while a continue)")
	expectParses(t, "for i = 1, 2 do if a then continue end f() end",
		"(for $i 1 2 do (if a (then continue)) (f))")
	expectParses(t, "continue = 1", "(set continue = 1)")
	expectParses(t, "continue()", "(continue)")
	expectParses(t, "continue.a = 1", "(set continue.a = 1)")
	expectParses(t, "continue, a = 1", "(set continue a = 1)")
	expectParses(t, "local continue = 1", "(local $continue = 1)")
	expectParses(t, "while a do continue += 1 end", "(while a (+= continue 1))")
	expectParses(t, "local continue = 1 while a do continue end",
		"(local $continue = 1) (while a continue)")
}

func TestConst(t *testing.T) {
	expectParses(t, "const a = 1", "(local $a = 1)")
	expectParses(t, "const a, b: number = f()", "(local $a $b = (f))")
	expectParses(t, "const a, b = ...", "(local $a $b = ...)")
	expectParses(t, "const function f() return f end", "(localfn $f (fn f [] (return ^f)))")
	expectParses(t, "const a = {} a.b = 1", "(local $a = {}) (set $a.b = 1)")
	expectParses(t, "const a = 1 local a = 2 a = 3",
		"(local $a = 1) (local $a = 2) (set $a = 3)")
	expectParses(t, "const = 1", "(set const = 1)")
	expectParses(t, "const(1)", "(const 1)")
	expectParses(t, "local const = 1", "(local $const = 1)")
	expectParses(t, "const const = 1 print(const)", "(local $const = 1) (print $const)")
	expectParses(t, "f(const, const.x)", "(f const const.x)")
	const constant = "Variable 'a' is constant and may not be reassigned"
	expectError(t, "const a = 1 a = 2", "1:13: "+constant)
	expectError(t, "const a = 1 a += 2", "1:13: "+constant)
	expectError(t, "const a = 1 b, a = 2", "1:16: "+constant)
	expectError(t, "const a = 1 function a() end", "1:22: "+constant)
	expectError(t, "const a = 1 return function() a = 2 end", "1:31: "+constant)
	expectError(t, "const function a() end a = 2", "1:24: "+constant)
	expectError(t, "const a", "1:1: Missing initializer in const declaration")
	expectError(t, "const a, b = 1", "1:1: Missing initializer in const declaration")
	expectError(t, "const a = 1, 2", "1:1: Missing initializer in const declaration")
}

func TestStatementErrors(t *testing.T) {
	const incomplete = "Incomplete statement: expected assignment or a function call"
	const ambiguous = "Ambiguous syntax: this looks like an argument list for a function call, " +
		"but could also be a start of new statement; use ';' to separate statements"
	for _, e := range []example{
		{"a", "1:1: " + incomplete},
		{"f()\na.b", "2:1: " + incomplete},
		{"a.b c", "1:1: " + incomplete},
		{"a == b", "1:1: " + incomplete},
		{"export a = 1", "1:1: " + incomplete},
		{"declare x: number", "1:1: " + incomplete},
		{"f\n(g)()", "2:1: " + ambiguous},
		{"x = f\n(g)", "2:1: " + ambiguous},
		{"local x = f\n(g or h)()", "2:1: " + ambiguous},
		{"a:b\n()", "2:1: " + ambiguous},
		{"1 = 2", "1:1: Expected identifier when parsing expression, got '1'"},
		{"f() = 1", "1:5: Expected identifier when parsing expression, got '='"},
		{"a, f() = 1", "1:4: Assigned expression must be a variable or a field"},
		{"a, (b) = 1", "1:4: Assigned expression must be a variable or a field"},
		{"a, b", "1:5: Expected '=' when parsing assignment, got <eof>"},
		{"if a b() end", "1:6: Expected 'then' when parsing if statement, got 'b'"},
		{"if a then", "1:10: Expected 'end' (to close 'then' at column 6), got <eof>"},
		{"if a then\nelse", "2:5: Expected 'end' (to close 'else' at column 1), got <eof>"},
		{"if a then\n\nf()", "3:4: Expected 'end' (to close 'then' at line 1), got <eof>"},
		{"while a b() end", "1:9: Expected 'do' when parsing while loop, got 'b'"},
		{"while a do", "1:11: Expected 'end' (to close 'do' at column 9), got <eof>"},
		{"repeat f()", "1:11: Expected 'until' (to close 'repeat' at column 1), got <eof>"},
		{"repeat\nend", "2:1: Expected 'until' (to close 'repeat' at line 1), got 'end'"},
		{"for", "1:4: Expected identifier when parsing variable name, got <eof>"},
		{"for i = 1 do end", "1:11: Expected ',' when parsing index range, got 'do'"},
		{"for i = 1, 2 f() end", "1:14: Expected 'do' when parsing for loop, got 'f'"},
		{"for i, j = 1, 2 do end", "1:10: Expected 'in' when parsing for loop, got '='"},
		{"for i do end", "1:7: Expected 'in' when parsing for loop, got 'do'"},
		{"for i in do end", "1:10: Expected identifier when parsing expression, got 'do'"},
		{"local", "1:6: Expected identifier when parsing variable name, got <eof>"},
		{"local 1", "1:7: Expected identifier when parsing variable name, got '1'"},
		{"local a b", "1:9: " + incomplete},
		{"local a.b = 1", "1:8: Expected identifier when parsing expression, got '.'"},
		{"local a, = 1", "1:10: Expected identifier when parsing variable name, got '='"},
		{"local end = 1", "1:7: Expected identifier when parsing variable name, got 'end'"},
		{"local a <const> = 1", "1:9: Expected identifier when parsing expression, got '<'"},
		{"break", "1:1: break statement must be inside a loop"},
		{"continue", "1:1: continue statement must be inside a loop"},
		{"while a do f(function() break end) end", "1:25: break statement must be inside a loop"},
		{"while a do f(function() continue end) end",
			"1:25: continue statement must be inside a loop"},
		{"repeat until a break", "1:16: break statement must be inside a loop"},
		{"while a do break f() end", "1:18: Expected 'end' (to close 'do' at column 9), got 'f'"},
		{"return 1 f()", "1:10: Expected <eof>, got 'f'"},
		{"return return", "1:8: Expected identifier when parsing expression, got 'return'"},
		{"end", "1:1: Expected <eof>, got 'end'"},
		{"do f() end end", "1:12: Expected <eof>, got 'end'"},
		{"until", "1:1: Expected <eof>, got 'until'"},
		{"goto x", "1:1: " + incomplete},
		{"::x::", "1:1: Expected identifier when parsing expression, got '::'"},
		{"-- c\n  )", "2:3: Expected identifier when parsing expression, got ')'"},
	} {
		expectError(t, e.source, e.want)
	}
}

func TestMissingEndNamesTheLikelyCulprit(t *testing.T) {
	expectError(t, `function f()
	if a then
		while b do
			g()
	end
end
`, "7:1: Expected 'end' (to close 'function' at line 1), got <eof>; "+
		"did you forget to close 'do' at line 3?")
	expectError(t, `local function f()
	repeat
		g()
	until a
	if b then
end
`, "7:1: Expected 'end' (to close 'function' at line 1), got <eof>; "+
		"did you forget to close 'then' at line 5?")
	expectError(t, "function f()\n\tg()\n",
		"3:1: Expected 'end' (to close 'function' at line 1), got <eof>")
}
