package syntax

// precedence of a binary operator: its pull on the operand to the left and on the one to the
// right. A right-associative operator pulls less to the right.
type precedence struct {
	op          BinOp
	left, right uint8
}

// binaryOps holds the binary operators; left is 0 for tokens that are none.
var binaryOps = [kindCount]precedence{
	tokOr: {Or, 1, 1}, tokAnd: {And, 2, 2},
	tokNotEqual: {NotEqual, 3, 3}, tokEqual: {Equal, 3, 3}, tokLess: {Less, 3, 3},
	tokLessEqual: {LessEqual, 3, 3}, tokGreater: {Greater, 3, 3},
	tokGreaterEqual: {GreaterEqual, 3, 3},
	tokConcat:       {Concat, 5, 4},
	tokPlus:         {Add, 6, 6}, tokMinus: {Sub, 6, 6},
	tokStar: {Mul, 7, 7}, tokSlash: {Div, 7, 7}, tokFloorDiv: {FloorDiv, 7, 7},
	tokPercent: {Mod, 7, 7},
	tokCaret:   {Pow, 10, 9},
}

// unaryPull is the precedence of the unary operators: above all binary ones but "^".
const unaryPull = 8

// expr parses an expression.
func (p *parser) expr() Expr { return p.subExpr(0) }

// subExpr = (unop subExpr | cast) {binop subExpr}, with binary operators that pull harder than
// limit.
func (p *parser) subExpr(limit uint8) Expr {
	depth := p.depth
	p.enter("expression")
	at := p.tok.pos
	var x Expr
	switch p.tok.kind {
	case tokNot:
		x = p.unary(Not)
	case tokMinus:
		x = p.unary(Neg)
	case tokHash:
		x = p.unary(Len)
	case tokBang:
		p.failHere("Unexpected '!'; did you mean 'not'?")
	default:
		x = p.cast()
	}
	for {
		op := binaryOps[p.tok.kind]
		if op.left <= limit {
			if op.left == 0 {
				p.checkForeignOperator(limit)
			}
			break
		}
		b := &Binary{Pos: at, Op: op.op, OpPos: p.tok.pos, L: x}
		p.next()
		b.R = p.subExpr(op.right)
		x = b
		p.enter("expression") // a long chain makes a deep tree
	}
	p.depth = depth
	return x
}

func (p *parser) unary(op UnOp) Expr {
	u := &Unary{Pos: p.tok.pos, Op: op}
	p.next()
	u.X = p.subExpr(unaryPull)
	return u
}

// foreignOperators are operators of other languages, by the character that they start with.
var foreignOperators = [kindCount]struct {
	second       kind
	text, native string
	left         uint8
}{
	tokAmpersand: {tokAmpersand, "&&", "and", 2},
	tokPipe:      {tokPipe, "||", "or", 1},
	tokBang:      {tokAssign, "!=", "~=", 3},
}

// checkForeignOperator gives the operators of other languages an error of their own.
func (p *parser) checkForeignOperator(limit uint8) {
	f := foreignOperators[p.tok.kind]
	if f.left <= limit || p.peek() != f.second {
		return
	}
	if p.ahead.pos == (Pos{p.tok.end.Line, p.tok.end.Col + 1}) {
		p.failHere("Unexpected '%s'; did you mean '%s'?", f.text, f.native)
	}
}

// cast = simple ["::" type]
func (p *parser) cast() Expr {
	at := p.tok.pos
	x := p.simple()
	if !p.accept(tokDoubleColon) {
		return x
	}
	p.typeExpr()
	return &Paren{Pos: at, X: x}
}

// simple = literal | "..." | table | function | "if" expression | primary
func (p *parser) simple() Expr {
	at := p.tok.pos
	switch p.tok.kind {
	case tokNil:
		p.next()
		return &Nil{at}
	case tokTrue, tokFalse:
		value := p.tok.kind == tokTrue
		p.next()
		return &Bool{at, value}
	case tokNumber:
		return p.numberExpr()
	case tokString, tokRawString, tokInterpSimple:
		return p.stringExpr()
	case tokInterpBegin:
		return p.interp()
	case tokBrokenString:
		p.failHere("Malformed string; did you forget to finish it?")
	case tokBrokenInterp:
		p.failDoubleBrace(at)
	case tokEllipsis:
		if !p.fn.Variadic {
			p.failHere("Cannot use '...' outside of a vararg function")
		}
		p.next()
		return &Vararg{at}
	case tokOpenBrace:
		return p.table()
	case tokFunction:
		return p.functionExpr()
	case tokAttribute, tokAttributeOpen:
		return p.attributedExpr()
	case tokIf:
		return p.ifExpr()
	}
	return p.primary()
}

func (p *parser) numberExpr() Expr {
	at := p.tok.pos
	value, ok := parseNumber(p.tok.text)
	if !ok {
		p.failHere("Malformed number")
	}
	p.next()
	return &Number{at, value}
}

func (p *parser) stringExpr() Expr {
	at := p.tok.pos
	value, ok := p.tok.stringValue()
	if !ok {
		p.failHere("String literal contains malformed escape sequence")
	}
	p.next()
	return p.nodes.string(at, value)
}

func (p *parser) failDoubleBrace(at Pos) {
	p.fail(at, `Double braces are not permitted within interpolated strings; did you mean '\{'?`)
}

// interp = "`text{" expr {"}text{" expr} "}text`"
func (p *parser) interp() Expr {
	x := &Interp{Pos: p.tok.pos}
	base := len(p.exprs)
	for {
		piece := p.tok.pos
		last := p.tok.kind == tokInterpEnd
		text, ok := p.tok.stringValue()
		if !ok {
			p.fail(x.Pos, "Interpolated string literal contains malformed escape sequence")
		}
		x.Texts = append(x.Texts, text)
		p.next()
		if last {
			x.Exprs = p.takeExprs(base)
			return x
		}
		switch p.tok.kind {
		case tokInterpMid, tokInterpEnd:
			p.fail(piece, "Malformed interpolated string, expected expression inside '{}'")
		case tokBrokenString:
			p.fail(piece, "Malformed interpolated string; did you forget to add a '`'?")
		}
		p.exprs = append(p.exprs, p.expr())
		p.checkInterpPiece(piece)
	}
}

// checkInterpPiece checks that the text of an interpolated string goes on after an expression.
func (p *parser) checkInterpPiece(piece Pos) {
	switch p.tok.kind {
	case tokInterpMid, tokInterpEnd:
	case tokBrokenInterp:
		p.failDoubleBrace(piece)
	case tokBrokenString, tokEOF:
		if top := len(p.braces) - 1; top >= 0 && p.braces[top] {
			p.fail(p.prevEnd, "Malformed interpolated string; did you forget to add a '}'?")
		}
		p.fail(p.prevEnd, "Malformed interpolated string; did you forget to add a '`'?")
	default:
		p.fail(piece, "Malformed interpolated string, got %s", p.tok.String())
	}
}

// ifExpr = "if" expr "then" expr {"elseif" expr "then" expr} "else" expr
func (p *parser) ifExpr() Expr {
	x := &IfExpr{Pos: p.tok.pos}
	p.next() // consume if or elseif
	x.Cond = p.expr()
	p.expect(tokThen, "if then else expression")
	x.Then = p.expr()
	if p.tok.kind == tokElseif {
		depth := p.depth
		p.enter("expression")
		x.Else = p.ifExpr()
		p.depth = depth
		return x
	}
	p.expect(tokElse, "if then else expression")
	x.Else = p.expr()
	return x
}

// exprList = expr {"," expr}
func (p *parser) exprList() []Expr {
	base := len(p.exprs)
	p.exprs = append(p.exprs, p.expr())
	for p.accept(tokComma) {
		if p.tok.kind == tokCloseParen {
			p.failHere("Expected expression after ',' but got ')' instead")
		}
		p.exprs = append(p.exprs, p.expr())
	}
	return p.takeExprs(base)
}

// takeExprs takes the expressions from base on off the scratch stack.
func (p *parser) takeExprs(base int) []Expr {
	list := p.nodes.exprs.copy(p.exprs[base:])
	p.exprs = p.exprs[:base]
	return list
}

// prefix = name | "(" expr ")"
func (p *parser) prefix() Expr {
	if p.tok.kind != tokOpenParen {
		sym, at := p.name("expression")
		return p.resolve(sym, at)
	}
	open := p.opener()
	p.next()
	x := p.expr()
	if p.tok.kind == tokAssign {
		p.failClose(tokCloseParen, open, "; did you mean to use '{' when defining a table?")
	}
	p.expectClose(tokCloseParen, open)
	return &Paren{Pos: open.pos, X: x}
}

// primary = prefix {"." name | "[" expr "]" | [":" name] ["<<" types ">>"] arguments}
func (p *parser) primary() Expr {
	at := p.tok.pos
	x := p.prefix()
	depth := p.depth
	for {
		switch p.tok.kind {
		case tokDot:
			p.next()
			x, _ = p.field(x, "")
		case tokOpenBracket:
			open := p.opener()
			p.next()
			x = &Index{Pos: at, X: x, Key: p.expr()}
			p.expectClose(tokCloseBracket, open)
		case tokColon:
			x = p.methodCall(at, x)
		case tokOpenParen, tokOpenBrace, tokString, tokRawString:
			x = p.call(at, x)
		case tokLess:
			if p.peek() != tokLess {
				p.depth = depth
				return x
			}
			p.typeInstantiation()
			x = &Paren{Pos: at, X: x}
		default:
			p.depth = depth
			return x
		}
		p.enter("expression") // a long chain makes a deep tree
	}
}

// field parses the name after "." or ":".
func (p *parser) field(x Expr, context string) (field Expr, name string) {
	sym, at := p.name(context)
	f := p.nodes.fields.one()
	f.Pos, f.X, f.Name, f.NamePos = x.At(), x, sym.text, at
	return f, sym.text
}

// methodCall = ":" name ["<<" types ">>"] arguments
func (p *parser) methodCall(at Pos, x Expr) Expr {
	p.next()
	sym, nameAt := p.name("method name")
	if p.tok.kind == tokLess && p.peek() == tokLess {
		p.typeInstantiation()
	}
	call := p.call(at, x)
	call.Method, call.MethodPos = sym.text, nameAt
	return call
}

func startsArguments(k kind) bool {
	return k == tokOpenParen || k == tokOpenBrace || k == tokString || k == tokRawString
}

// call parses the arguments of a call whose callee starts at the position given.
func (p *parser) call(at Pos, fn Expr) *Call {
	if !startsArguments(p.tok.kind) {
		if p.tok.pos.Line != p.prevEnd.Line {
			p.fail(at, "Expected function call arguments after '('")
		}
		p.fail(at, "Expected '(', '{' or <string> when parsing function call, got %s",
			p.tok.String())
	}
	if p.tok.kind == tokOpenParen && p.tok.pos.Line != p.prevEnd.Line {
		p.failHere("Ambiguous syntax: this looks like an argument list for a function call, " +
			"but could also be a start of new statement; use ';' to separate statements")
	}
	call := p.nodes.calls.one()
	call.Pos, call.Fn, call.Open = at, fn, p.tok.pos
	call.Args, call.End = p.arguments()
	return call
}

// arguments = "(" [exprs] ")" | table | string. The position is that of their last character.
func (p *parser) arguments() (args []Expr, end Pos) {
	if p.tok.kind == tokOpenParen {
		open := p.opener()
		p.next()
		if p.tok.kind != tokCloseParen {
			args = p.exprList()
		}
		p.expectClose(tokCloseParen, open)
		return args, p.prevEnd
	}
	args = p.nodes.exprs.take(1)
	if p.tok.kind == tokOpenBrace {
		args[0] = p.table()
	} else {
		args[0] = p.stringExpr()
	}
	return args, p.prevEnd
}

// table = "{" [item {("," | ";") item} ["," | ";"]] "}"
func (p *parser) table() Expr {
	open := p.opener()
	t := &Table{Pos: open.pos}
	p.next()
	base := len(p.items)
	for p.tok.kind != tokCloseBrace {
		column := p.tok.pos.Col
		p.items = append(p.items, p.tableItem())
		if p.accept(tokComma) || p.accept(tokSemicolon) {
			continue
		}
		if (p.tok.kind == tokOpenBracket || p.tok.kind == tokName) && p.tok.pos.Col == column {
			p.failHere("Expected ',' after table constructor element")
		}
		break
	}
	p.expectClose(tokCloseBrace, open)
	t.Items = p.nodes.items.copy(p.items[base:])
	p.items = p.items[:base]
	return t
}

// tableItem = "[" expr "]" "=" expr | name "=" expr | expr
func (p *parser) tableItem() TableItem {
	switch {
	case p.tok.kind == tokOpenBracket:
		open := p.opener()
		p.next()
		key := p.expr()
		p.expectClose(tokCloseBracket, open)
		p.expect(tokAssign, "table field")
		return TableItem{key, p.expr()}
	case p.tok.kind == tokName && p.peek() == tokAssign:
		key := p.nodes.string(p.tok.pos, p.tok.text)
		p.next()
		p.next()
		value := p.expr()
		if fn, ok := value.(*Function); ok {
			fn.Name = key.Value
		}
		return TableItem{key, value}
	}
	return TableItem{nil, p.expr()}
}
