package syntax

// parser is a recursive-descent parser with one token of lookahead beyond the current one. It
// resolves names as it goes: what a name means is known when the name is read.
type parser struct {
	lexer
	tok      token // the current token
	ahead    token // the one after it, if hasAhead
	hasAhead bool
	prevEnd  Pos // the last character of the token before tok

	fn       *Function // the function being parsed
	loops    []loop    // the loops around the current statement, of all functions
	loopBase int       // where those of fn start
	scope    []declared
	serial   int
	jump     *jump

	typeFn    *Function // the type function being parsed, if any
	typeDepth int       // greater than 0 within typeof(...): what is parsed there is dropped

	depth   int
	suspect opener // a block whose end stood on another column than its start

	nodes nodes
	// Scratch stacks: a list grows at the end of its stack and is copied out when complete.
	exprs    []Expr
	stats    []Stat
	items    []TableItem
	bindings []binding
}

// Parse parses a whole source. The chunk comes back as a function with varargs. The error, if
// there is one, is an *Error.
func Parse(source string) (chunk *Function, err error) {
	p := &parser{lexer: newLexer(source)}
	defer func() {
		if failure := recover(); failure != nil {
			reported, ok := failure.(*Error)
			if !ok {
				panic(failure)
			}
			chunk, err = nil, reported
		}
	}()
	return p.chunk(), nil
}

func (p *parser) chunk() *Function {
	p.fn = &Function{Pos: Pos{1, 1}, Variadic: true}
	p.lexer.next(&p.tok)
	p.fn.Body = p.block()
	p.fn.End = p.tok.pos
	p.expect(tokEOF, "")
	return p.fn
}

// next steps to the following token.
func (p *parser) next() {
	p.prevEnd = p.tok.end
	if p.hasAhead {
		p.tok, p.hasAhead = p.ahead, false
		return
	}
	p.lexer.next(&p.tok)
}

// peek returns the kind of the token after the current one.
func (p *parser) peek() kind {
	if !p.hasAhead {
		p.lexer.next(&p.ahead)
		p.hasAhead = true
	}
	return p.ahead.kind
}

// accept consumes a token of the kind if it is the current one.
func (p *parser) accept(k kind) bool {
	if p.tok.kind != k {
		return false
	}
	p.next()
	return true
}

// isWord tells whether the current token is a name that has a meaning only in some places.
func (p *parser) isWord(word string) bool { return p.tok.kind == tokName && p.tok.text == word }

// name consumes an identifier.
func (p *parser) name(context string) (*symbol, Pos) {
	if p.tok.kind != tokName {
		if context == "" {
			p.failWant(tokName, "Expected %s, got %s")
		}
		p.failWant(tokName, "Expected %s when parsing "+context+", got %s")
	}
	sym, at := p.tok.sym, p.tok.pos
	p.next()
	return sym, at
}

// block = {statement [";"]}, in a scope of its own.
func (p *parser) block() *Block {
	base := len(p.scope)
	b := p.blockInScope()
	p.leave(base)
	return b
}

// blockInScope parses a block but leaves its variables in scope.
func (p *parser) blockInScope() *Block {
	b := &Block{Pos: p.tok.pos}
	base := len(p.stats)
	for !p.blockEnds() {
		depth := p.depth
		p.enter("block")
		s := p.statement()
		p.depth = depth
		p.accept(tokSemicolon)
		if s == nil {
			continue
		}
		p.stats = append(p.stats, s)
		if endsBlock(s) {
			break
		}
	}
	b.Stats = p.nodes.stats.copy(p.stats[base:])
	p.stats = p.stats[:base]
	b.End = p.tok.pos
	return b
}

func (p *parser) blockEnds() bool {
	switch p.tok.kind {
	case tokEOF, tokElse, tokElseif, tokEnd, tokUntil:
		return true
	}
	return false
}

// endsBlock tells whether nothing may follow the statement in its block.
func endsBlock(s Stat) bool {
	switch s.(type) {
	case *Break, *Continue, *Return:
		return true
	}
	return false
}

// statement parses one statement; the result is nil for a type alias, which leaves no trace.
func (p *parser) statement() Stat {
	at := p.tok.pos
	switch p.tok.kind {
	case tokIf:
		return p.ifStat()
	case tokWhile:
		return p.whileStat()
	case tokDo:
		return p.doStat()
	case tokFor:
		return p.forStat()
	case tokRepeat:
		return p.repeatStat()
	case tokFunction:
		return p.functionStat(false)
	case tokLocal:
		p.next()
		return p.local(at, false)
	case tokReturn:
		p.next()
		s := &Return{Pos: at}
		if !p.blockEnds() && p.tok.kind != tokSemicolon {
			s.Exprs = p.exprList()
		}
		return s
	case tokBreak:
		p.next()
		if !p.inLoop() {
			p.fail(at, "break statement must be inside a loop")
		}
		return &Break{at}
	case tokAttribute, tokAttributeOpen:
		return p.attributedStat()
	}
	return p.exprStat()
}

// compoundOps are the operators of compound assignments, plus 1; 0 for other tokens.
var compoundOps = [kindCount]BinOp{
	tokAddAssign: Add + 1, tokSubAssign: Sub + 1, tokMulAssign: Mul + 1, tokDivAssign: Div + 1,
	tokFloorDivAssign: FloorDiv + 1, tokModAssign: Mod + 1, tokPowAssign: Pow + 1,
	tokConcatAssign: Concat + 1,
}

// exprStat parses the statements that start with an expression: calls and assignments. Those that
// start with a word that is also a good variable name (type, continue, const) look like one until
// the token after it.
func (p *parser) exprStat() Stat {
	at := p.tok.pos
	word := ""
	if p.tok.kind == tokName {
		word = p.tok.text
	}
	x := p.primary()
	if call, ok := x.(*Call); ok {
		return &CallStat{Pos: at, Call: call}
	}
	if p.tok.kind == tokComma || p.tok.kind == tokAssign {
		return p.assignment(x)
	}
	if op := compoundOps[p.tok.kind]; op != 0 {
		p.assignTo(x)
		p.next()
		return &CompoundAssign{Pos: at, Op: op - 1, Target: x, Value: p.expr()}
	}
	switch x.(type) {
	case *LocalRef, *GlobalRef:
		if s, ok := p.wordStat(word, at); ok {
			return s
		}
	}
	p.fail(at, "Incomplete statement: expected assignment or a function call")
	return nil
}

// wordStat parses a statement whose first word, already consumed, is no reserved one.
func (p *parser) wordStat(word string, at Pos) (s Stat, ok bool) {
	switch word {
	case "type":
		p.typeAlias()
		return nil, true
	case "export":
		if !p.isWord("type") {
			return nil, false
		}
		p.next()
		p.typeAlias()
		return nil, true
	case "continue":
		if !p.inLoop() {
			p.fail(at, "continue statement must be inside a loop")
		}
		p.noteContinue(at)
		return &Continue{at}, true
	case "const":
		return p.local(at, true), true
	}
	return nil, false
}

// ifStat = "if" expr "then" block {"elseif" expr "then" block} ["else" block] "end"
func (p *parser) ifStat() *If {
	s := &If{Pos: p.tok.pos}
	p.next() // consume if or elseif
	s.Cond = p.expr()
	open := p.opener()
	p.expect(tokThen, "if statement")
	s.Then = p.block()
	switch p.tok.kind {
	case tokElseif:
		depth := p.depth
		p.enter("elseif")
		s.Else = p.ifStat()
		p.depth = depth
		return s
	case tokElse:
		open = p.opener()
		p.next()
		s.Else = p.block()
	}
	p.expectEnd(tokEnd, open)
	return s
}

// whileStat = "while" expr "do" block "end"
func (p *parser) whileStat() *While {
	s := &While{Pos: p.tok.pos}
	p.next()
	s.Cond = p.expr()
	s.Body = p.loopBody("while loop", nil)
	return s
}

// loopBody = "do" block "end", with the loop's variables in scope.
func (p *parser) loopBody(context string, vars []binding) *Block {
	open := p.opener()
	p.expect(tokDo, context)
	base := len(p.scope)
	for _, v := range vars {
		p.declare(v)
	}
	p.pushLoop()
	body := p.block()
	p.popLoop()
	p.leave(base)
	p.expectEnd(tokEnd, open)
	return body
}

// doStat = "do" block "end"
func (p *parser) doStat() *Block {
	open := p.opener()
	p.next()
	b := p.block()
	b.Pos = open.pos
	p.expectEnd(tokEnd, open)
	return b
}

// repeatStat = "repeat" block "until" expr
func (p *parser) repeatStat() *Repeat {
	open := p.opener()
	s := &Repeat{Pos: open.pos}
	p.next()
	base := len(p.scope)
	p.pushLoop()
	s.Body = p.blockInScope()
	l := p.popLoop()
	p.expectEnd(tokUntil, open)
	s.Cond = p.condition(l, base)
	p.leave(base)
	return s
}

// forStat = "for" binding "=" expr "," expr ["," expr] "do" block "end"
//
//	| "for" binding {"," binding} "in" exprs "do" block "end"
func (p *parser) forStat() Stat {
	at := p.tok.pos
	p.next()
	base := len(p.bindings)
	p.binding(false)
	var s Stat
	if p.accept(tokAssign) {
		s = p.numericFor(at, base)
	} else {
		s = p.genericFor(at, base)
	}
	p.bindings = p.bindings[:base]
	return s
}

// numericFor and genericFor parse the rest of a loop whose variables are on top of p.bindings,
// from base on.
func (p *parser) numericFor(at Pos, base int) *NumericFor {
	s := &NumericFor{Pos: at, Var: p.bindings[base].local}
	s.From = p.expr()
	p.expect(tokComma, "index range")
	s.To = p.expr()
	if p.accept(tokComma) {
		s.Step = p.expr()
	}
	s.Body = p.loopBody("for loop", p.bindings[base:])
	return s
}

func (p *parser) genericFor(at Pos, base int) *GenericFor {
	for p.accept(tokComma) {
		p.binding(false)
	}
	p.expect(tokIn, "for loop")
	s := &GenericFor{Pos: at, Vars: p.localsOf(p.bindings[base:])}
	s.Exprs = p.exprList()
	s.Body = p.loopBody("for loop", p.bindings[base:])
	return s
}

// binding = name [":" type]; it ends up on top of p.bindings, not yet in scope.
func (p *parser) binding(isConst bool) {
	sym, at := p.name("variable name")
	if p.accept(tokColon) {
		p.typeExpr()
	}
	local := &Local{Pos: at, Name: sym.text, Const: isConst}
	p.bindings = append(p.bindings, binding{sym, local})
}

func (p *parser) localsOf(bindings []binding) []*Local {
	if len(bindings) == 0 {
		return nil
	}
	locals := p.nodes.locals.take(len(bindings))
	for i, b := range bindings {
		locals[i] = b.local
	}
	return locals
}

// local parses what follows "local" or "const":
//
//	"function" name body | binding {"," binding} ["=" exprs]
func (p *parser) local(at Pos, isConst bool) Stat {
	if p.tok.kind == tokFunction {
		return p.localFunction(at, isConst)
	}
	base := len(p.bindings)
	p.binding(isConst)
	for p.accept(tokComma) {
		p.binding(isConst)
	}
	s := &LocalStat{Pos: at}
	if p.accept(tokAssign) {
		s.Exprs = p.exprList()
	}
	vars := p.bindings[base:]
	p.bindings = p.bindings[:base]
	if isConst && !enough(s.Exprs, len(vars)) {
		p.fail(at, "Missing initializer in const declaration")
	}
	s.Vars = p.localsOf(vars)
	for _, v := range vars {
		p.declare(v)
	}
	return s
}

// enough tells whether a list of expressions gives a value to each of n variables, as far as can
// be seen.
func enough(exprs []Expr, n int) bool {
	if len(exprs) > 0 {
		switch exprs[len(exprs)-1].(type) {
		case *Call, *Vararg:
			return true
		}
	}
	return len(exprs) == n
}

// assignment = target {"," target} "=" exprs; the first target has been read.
func (p *parser) assignment(first Expr) Stat {
	s := &Assign{Pos: first.At()}
	base := len(p.exprs)
	p.assignTo(first)
	p.exprs = append(p.exprs, first)
	for p.accept(tokComma) {
		target := p.primary()
		p.assignTo(target)
		p.exprs = append(p.exprs, target)
	}
	s.Targets = p.takeExprs(base)
	p.expect(tokAssign, "assignment")
	s.Exprs = p.exprList()
	return s
}
