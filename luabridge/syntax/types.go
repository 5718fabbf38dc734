package syntax

// Types are parsed for form only: these functions step over them and leave nothing in the tree.

// typeAlias parses what follows "type":
//
//	name ["<" generics ">"] "=" type | "function" name body
func (p *parser) typeAlias() {
	if p.tok.kind == tokFunction {
		p.typeFunction()
		return
	}
	p.name("type name")
	if p.tok.kind == tokLess {
		p.generics(true)
	}
	p.expect(tokAssign, "type alias")
	p.typeExpr()
}

// typeFunction parses a function that runs in the type checker. It sees no variable from outside.
func (p *parser) typeFunction() {
	open := p.opener()
	p.next()
	sym, _ := p.name("type function name")
	outer := p.typeFn
	p.typeFn = &Function{Pos: open.pos, Parent: p.fn}
	p.fn = p.typeFn
	p.function(open, sym.text, false)
	p.fn = p.typeFn.Parent
	p.typeFn = outer
}

// generics = "<" name ["=" type] {"," ...} {"," name "..." ["=" pack]} ">"
func (p *parser) generics(defaults bool) {
	open := p.opener()
	p.next()
	packs, defaulted := false, false
	for {
		p.name("")
		packs = packs || p.tok.kind == tokEllipsis
		if packs && !p.accept(tokEllipsis) {
			p.failHere("Generic types come before generic type packs")
		}
		switch {
		case defaults && p.accept(tokAssign):
			defaulted = true
			if packs {
				p.packDefault()
			} else {
				p.typeExpr()
			}
		case defaulted && packs:
			p.failHere("Expected default type pack after type pack name")
		case defaulted:
			p.failHere("Expected default type after type name")
		}
		if !p.accept(tokComma) {
			break
		}
		if p.tok.kind == tokGreater {
			p.failHere("Expected type after ',' but got '>' instead")
		}
	}
	p.expectClose(tokGreater, open)
}

func (p *parser) packDefault() {
	if p.startsPack() {
		p.typePack()
		return
	}
	at := p.tok.pos
	if !p.typeOrPack() {
		p.fail(at, "Expected type pack after '=', got type")
	}
}

// startsPack tells whether "...T" or "T..." stands here.
func (p *parser) startsPack() bool {
	return p.tok.kind == tokEllipsis || p.tok.kind == tokName && p.peek() == tokEllipsis
}

// typePack = "..." type | name "..."
func (p *parser) typePack() {
	if p.accept(tokEllipsis) {
		p.typeExpr()
		return
	}
	p.next()
	p.next()
}

// variadicType = name "..." | type; it annotates the "..." of a parameter list.
func (p *parser) variadicType() {
	if p.tok.kind == tokName && p.peek() == tokEllipsis {
		p.typePack()
		return
	}
	p.typeExpr()
}

// typeExpr = ["|" | "&"] simpleType {"?" | "|" simpleType | "&" simpleType}
func (p *parser) typeExpr() {
	at := p.tok.pos
	depth := p.depth
	if p.tok.kind != tokPipe && p.tok.kind != tokAmpersand {
		p.simpleType(false)
		p.depth = depth
	}
	p.typeSuffix(at)
	p.depth = depth
}

// typeOrPack parses a type or, in parentheses, a list of types; it tells whether it was a list.
func (p *parser) typeOrPack() (pack bool) {
	at := p.tok.pos
	depth := p.depth
	pack = p.simpleType(true)
	p.depth = depth
	// (T) may be a list of one or a type in parentheses; an operator after it decides.
	if !pack || p.tok.kind == tokPipe || p.tok.kind == tokAmpersand || p.tok.kind == tokQuestion {
		p.typeSuffix(at)
		pack = false
	}
	p.depth = depth
	return pack
}

// typePartsMax bounds a union or an intersection.
const typePartsMax = 1000

// typeSuffix parses the rest of a union or intersection that started at the position given.
func (p *parser) typeSuffix(at Pos) {
	p.enter("type annotation")
	union, intersection := false, false
	for parts := 1; ; parts++ {
		switch p.tok.kind {
		case tokPipe, tokAmpersand:
			union = union || p.tok.kind == tokPipe
			intersection = intersection || p.tok.kind == tokAmpersand
			p.next()
			depth := p.depth
			p.simpleType(false)
			p.depth = depth
		case tokQuestion:
			union = true
			parts--
			p.next()
		case tokEllipsis:
			p.failHere("Unexpected '...' after type annotation")
		default:
			if union && intersection {
				p.fail(at, "Mixing union and intersection types is not allowed; "+
					"consider wrapping in parentheses.")
			}
			return
		}
		if parts > typePartsMax {
			p.fail(at, "Exceeded allowed type length; simplify your type annotation to make "+
				"the code compile")
		}
	}
}

// simpleType parses a type without operators. With allowPack a list of types in parentheses will
// do; the result tells whether it was one.
func (p *parser) simpleType(allowPack bool) (pack bool) {
	p.enter("type annotation")
	switch p.tok.kind {
	case tokNil, tokTrue, tokFalse:
		p.next()
	case tokString, tokRawString:
		p.stringExpr()
	case tokName:
		p.typeReference()
	case tokOpenBrace:
		p.tableType()
	case tokOpenParen, tokLess:
		return p.functionType(allowPack)
	case tokInterpBegin, tokInterpSimple:
		p.failHere("Interpolated string literals cannot be used as types")
	case tokBrokenString:
		p.failHere("Malformed string; did you forget to finish it?")
	case tokAttribute, tokAttributeOpen:
		p.failHere("attributes are not allowed in declaration context")
	case tokFunction:
		p.failHere("Using 'function' as a type annotation is not supported, consider replacing " +
			"with a function type annotation e.g. '(...any) -> ...any'")
	default:
		p.fail(Pos{p.prevEnd.Line, p.prevEnd.Col + 1}, "Expected type, got %s", p.tok.String())
	}
	return false
}

// typeReference = "typeof" "(" expr ")" | name ["." name] ["<" types ">"]
func (p *parser) typeReference() {
	sym, _ := p.name("type name")
	switch {
	case p.accept(tokDot):
		p.name("field name")
	case p.tok.kind == tokEllipsis:
		p.failHere("Unexpected '...' after type name; type pack is not allowed in this context")
	case sym.text == "typeof":
		open := p.opener()
		p.expect(tokOpenParen, "typeof type")
		p.typeDepth++
		p.expr()
		p.typeDepth--
		p.expectClose(tokCloseParen, open)
		return
	}
	if p.tok.kind == tokLess {
		p.typeArguments()
	}
}

// typeInstantiation = "<" "<" types ">" ">"
func (p *parser) typeInstantiation() {
	open := p.opener()
	p.next()
	p.typeArguments()
	p.expectClose(tokGreater, open)
}

// typeArguments = "<" [(type | pack) {"," (type | pack)}] ">"
func (p *parser) typeArguments() {
	open := p.opener()
	p.next()
	if p.accept(tokGreater) {
		return
	}
	for {
		switch {
		case p.startsPack():
			p.typePack()
		case p.tok.kind == tokOpenParen:
			p.typeOrPack()
		default:
			p.typeExpr()
		}
		if !p.accept(tokComma) {
			break
		}
	}
	p.expectClose(tokGreater, open)
}

// tableType = "{" type "}" | "{" [property {("," | ";") property} ["," | ";"]] "}"
func (p *parser) tableType() {
	p.enter("type annotation")
	open := p.opener()
	p.next()
	indexed := false
	for first := true; p.tok.kind != tokCloseBrace; first = false {
		if (p.isWord("read") || p.isWord("write")) && p.peek() != tokColon {
			p.next()
		}
		at := p.tok.pos
		switch {
		case p.tok.kind == tokOpenBracket:
			if p.indexerType() {
				if indexed {
					p.fail(at, "Cannot have more than one table indexer")
				}
				indexed = true
			}
		case first && !(p.tok.kind == tokName && p.peek() == tokColon):
			p.typeExpr()
			p.expectClose(tokCloseBrace, open)
			return
		default:
			p.name("table field")
			p.expect(tokColon, "table field")
			p.typeExpr()
		}
		if !p.accept(tokComma) && !p.accept(tokSemicolon) {
			break
		}
	}
	p.expectClose(tokCloseBrace, open)
}

// indexerType = "[" type "]" ":" type. A string key makes it a property rather than an indexer.
func (p *parser) indexerType() (indexer bool) {
	open := p.opener()
	p.next()
	indexer = !(p.tok.kind == tokString || p.tok.kind == tokRawString) ||
		p.peek() != tokCloseBracket
	p.typeExpr()
	p.expectClose(tokCloseBracket, open)
	p.expect(tokColon, "table field")
	p.typeExpr()
	return indexer
}

// typeListing is what a list of types in parentheses held.
type typeListing struct {
	types int
	names bool // some were written name: type
	pack  bool // the last was a type pack
}

// single tells whether the list may be one type in parentheses.
func (l typeListing) single() bool { return l.types == 1 && !l.names && !l.pack }

// typeList = "(" [[name ":"] type {"," [name ":"] type}] ["," pack] ")"
func (p *parser) typeList(context string) (list typeListing) {
	open := p.opener()
	p.expect(tokOpenParen, context)
	for p.tok.kind != tokCloseParen {
		if p.startsPack() {
			p.typePack()
			list.pack = true
			break
		}
		if p.tok.kind == tokName && p.peek() == tokColon {
			p.next()
			p.next()
			list.names = true
		}
		p.typeExpr()
		list.types++
		if !p.accept(tokComma) {
			break
		}
		if p.tok.kind == tokCloseParen {
			p.failHere("Expected type after ',' but got ')' instead")
		}
	}
	p.expectClose(tokCloseParen, open)
	return list
}

// functionType = ["<" generics ">"] "(" types ")" "->" returnType | "(" type ")"
func (p *parser) functionType(allowPack bool) (pack bool) {
	p.enter("type annotation")
	at := p.tok.pos
	generic := p.tok.kind == tokLess
	if generic {
		p.generics(false)
	}
	list := p.typeList("function parameters")
	arrow := p.tok.kind == tokArrow || p.tok.kind == tokColon // the colon is a mistake
	if !generic && !list.names && !arrow {
		if allowPack {
			return true
		}
		if list.single() {
			return false
		}
	}
	p.functionTypeTail(at, list, generic)
	return false
}

// functionTypeTail = "->" returnType
func (p *parser) functionTypeTail(at Pos, list typeListing, generic bool) {
	switch {
	case p.tok.kind == tokColon:
		p.failHere("Return types in function type annotations are written after '->' instead " +
			"of ':'")
	case p.tok.kind != tokArrow && !generic && list.types == 0:
		p.fail(at, "Expected '->' after '()' when parsing function type; did you mean 'nil'?")
	}
	p.expect(tokArrow, "function type")
	p.returnType()
}

// returnAnnotation = [":" returnType], after the parameters of a function
func (p *parser) returnAnnotation() {
	if p.tok.kind == tokArrow {
		p.failHere("Function return type annotations are written after ':' instead of '->'")
	}
	if !p.accept(tokColon) {
		return
	}
	depth := p.depth
	p.returnType()
	p.depth = depth
	if p.tok.kind == tokComma {
		p.failHere("Expected a statement, got ','; did you forget to wrap the list of return " +
			"types in parentheses?")
	}
}

// returnType = type | pack | "(" types ")" ["->" returnType]
func (p *parser) returnType() {
	p.enter("type annotation")
	if p.tok.kind != tokOpenParen {
		p.variadicReturn()
		return
	}
	at := p.tok.pos
	list := p.typeList("function parameters")
	if p.tok.kind != tokArrow && !list.names {
		if list.types == 1 {
			p.typeSuffix(at)
		}
		return
	}
	p.functionTypeTail(at, list, false)
}

func (p *parser) variadicReturn() {
	if p.startsPack() {
		p.typePack()
		return
	}
	p.typeExpr()
}
