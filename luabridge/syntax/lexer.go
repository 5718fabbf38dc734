package syntax

import (
	"strings"
	"unicode/utf8"
)

// lexer cuts a source into tokens, one at a time, when the parser asks. It allocates nothing but
// symbols: the text of a token is a slice of the source.
type lexer struct {
	src       string
	off       int // the next byte to read
	line      int
	lineStart int // offset of the line's first byte
	symbols   symbolTable
	// braces holds the open braces inside an interpolated string: true for one that began an
	// expression of the string, false for one that belongs to that expression.
	braces []bool
}

// byteOrderMark may start a file; it is no part of the text.
const byteOrderMark = "\xef\xbb\xbf"

func newLexer(src string) lexer {
	l := lexer{src: src, line: 1, symbols: newSymbolTable()}
	if strings.HasPrefix(src, byteOrderMark) {
		l.off = len(byteOrderMark)
		l.lineStart = l.off
	}
	if strings.HasPrefix(src[l.off:], "#!") {
		l.skipLine()
	}
	return l
}

// Classes of bytes.
const (
	classSpace = 1 << iota
	classLetter
	classDigit
	classHex
	className = classLetter | classDigit
)

var byteClass = func() (class [256]uint8) {
	for _, c := range " \t\n\v\f\r" {
		class[c] = classSpace
	}
	for c := 'a'; c <= 'z'; c++ {
		class[c] |= classLetter
		class[c-'a'+'A'] |= classLetter
	}
	class['_'] = classLetter
	for c := '0'; c <= '9'; c++ {
		class[c] |= classDigit | classHex
	}
	for c := 'a'; c <= 'f'; c++ {
		class[c] |= classHex
		class[c-'a'+'A'] |= classHex
	}
	return class
}()

func is(c byte, class uint8) bool { return byteClass[c]&class != 0 }

// at returns the byte n places on, 0 past the end.
func (l *lexer) at(n int) byte {
	if l.off+n < len(l.src) {
		return l.src[l.off+n]
	}
	return 0
}

// pos returns the place of the next byte.
func (l *lexer) pos() Pos { return Pos{l.line, l.off - l.lineStart + 1} }

// newLine steps over a line feed.
func (l *lexer) newLine() {
	l.off++
	l.line++
	l.lineStart = l.off
}

func (l *lexer) skipSpace() {
	for l.off < len(l.src) {
		switch c := l.src[l.off]; {
		case c == '\n':
			l.newLine()
		case is(c, classSpace):
			l.off++
		default:
			return
		}
	}
}

// skipLine steps to the end of the line, not over it. A lone carriage return ends a line too, but
// only a line feed counts one.
func (l *lexer) skipLine() {
	line, _, _ := strings.Cut(l.src[l.off:], "\n")
	line, _, _ = strings.Cut(line, "\r")
	l.off += len(line)
}

// next reads one token.
func (l *lexer) next(t *token) {
	l.skipSpace()
	for l.at(0) == '-' && l.at(1) == '-' {
		t.pos = l.pos()
		if !l.comment() {
			t.kind = tokBrokenComment
			t.end = Pos{l.line, l.off - l.lineStart}
			return
		}
		l.skipSpace()
	}
	t.pos = l.pos()
	t.sym = nil
	t.escaped = false
	t.text = ""
	l.scan(t)
	t.end = Pos{l.line, l.off - l.lineStart}
}

// comment steps over a comment and tells whether it was finished.
func (l *lexer) comment() bool {
	l.off += len("--")
	if l.at(0) == '[' {
		if level := l.longOpen(); level >= 0 {
			_, ok := l.longText(level)
			return ok
		}
	}
	l.skipLine()
	return true
}

// longOpen steps over "[==[" and returns the number of equal signs. When no long bracket opens
// here it steps over nothing and returns -1.
func (l *lexer) longOpen() int {
	level := 0
	for l.at(1+level) == '=' {
		level++
	}
	if l.at(1+level) != '[' {
		return -1
	}
	l.off += level + len("[[")
	return level
}

// longText reads up to and over the closing bracket of the level.
func (l *lexer) longText(level int) (text string, ok bool) {
	start := l.off
	for l.off < len(l.src) {
		switch l.src[l.off] {
		case '\n':
			l.newLine()
		case ']':
			l.off++
			n := 0
			for l.at(n) == '=' {
				n++
			}
			if n == level && l.at(n) == ']' {
				l.off += n + 1
				return l.src[start : l.off-n-len("]]")], true
			}
		default:
			l.off++
		}
	}
	return "", false
}

// punctuation reads a token of n bytes.
func (l *lexer) punctuation(t *token, k kind, n int) {
	t.kind = k
	l.off += n
}

// choose reads one of two tokens: the longer one if the byte after the first is second.
func (l *lexer) choose(t *token, second byte, long, short kind) {
	if l.at(1) == second {
		l.punctuation(t, long, 2)
		return
	}
	l.punctuation(t, short, 1)
}

// simpleKind holds the tokens of one byte that start no longer one.
var simpleKind = [256]kind{
	'#': tokHash, ',': tokComma, ';': tokSemicolon, '?': tokQuestion, '|': tokPipe,
	'&': tokAmpersand, '!': tokBang, '(': tokOpenParen, ')': tokCloseParen, ']': tokCloseBracket,
}

// scan reads the token that starts at the next byte.
func (l *lexer) scan(t *token) {
	if l.off >= len(l.src) {
		t.kind = tokEOF
		return
	}
	c := l.src[l.off]
	switch {
	case is(c, classLetter):
		l.name(t)
	case simpleKind[c] != 0:
		l.punctuation(t, simpleKind[c], 1)
	case is(c, classDigit) || c == '.' && is(l.at(1), classDigit):
		l.number(t)
	case c == '"' || c == '\'':
		l.quoted(t, c)
	case c >= utf8.RuneSelf:
		_, size := utf8.DecodeRuneInString(l.src[l.off:])
		t.text = l.src[l.off : l.off+size]
		l.punctuation(t, tokBrokenUnicode, size)
	default:
		l.scanOperator(t, c)
	}
}

func (l *lexer) scanOperator(t *token, c byte) {
	switch c {
	case '=':
		l.choose(t, '=', tokEqual, tokAssign)
	case '<':
		l.choose(t, '=', tokLessEqual, tokLess)
	case '>':
		l.choose(t, '=', tokGreaterEqual, tokGreater)
	case ':':
		l.choose(t, ':', tokDoubleColon, tokColon)
	case '+':
		l.choose(t, '=', tokAddAssign, tokPlus)
	case '*':
		l.choose(t, '=', tokMulAssign, tokStar)
	case '%':
		l.choose(t, '=', tokModAssign, tokPercent)
	case '^':
		l.choose(t, '=', tokPowAssign, tokCaret)
	case '.':
		l.dots(t)
	case '[', '{', '}', '`':
		l.scanBracket(t, c)
	case '@':
		l.attribute(t)
	default:
		switch two := l.src[l.off:min(l.off+2, len(l.src))]; {
		case two == "->":
			l.punctuation(t, tokArrow, 2)
		case two == "//":
			l.off++
			l.choose(t, '=', tokFloorDivAssign, tokFloorDiv)
		case two == "~=":
			l.punctuation(t, tokNotEqual, 2)
		case c == '-':
			l.choose(t, '=', tokSubAssign, tokMinus)
		case c == '/':
			l.choose(t, '=', tokDivAssign, tokSlash)
		default:
			t.text = two[:1]
			l.punctuation(t, tokStray, 1)
		}
	}
}

func (l *lexer) dots(t *token) {
	switch {
	case l.at(1) != '.':
		l.punctuation(t, tokDot, 1)
	case l.at(2) == '.':
		l.punctuation(t, tokEllipsis, 3)
	case l.at(2) == '=':
		l.punctuation(t, tokConcatAssign, 3)
	default:
		l.punctuation(t, tokConcat, 2)
	}
}

// scanBracket reads the tokens whose meaning hangs on what is open: long strings, braces and
// interpolated strings.
func (l *lexer) scanBracket(t *token, c byte) {
	switch c {
	case '[':
		l.bracket(t)
	case '{':
		if len(l.braces) > 0 {
			l.braces = append(l.braces, false)
		}
		l.punctuation(t, tokOpenBrace, 1)
	case '}':
		l.punctuation(t, tokCloseBrace, 1)
		if top := len(l.braces) - 1; top >= 0 {
			resumesString := l.braces[top]
			l.braces = l.braces[:top]
			if resumesString {
				l.interpolated(t, tokInterpMid, tokInterpEnd)
			}
		}
	case '`':
		l.off++
		l.interpolated(t, tokInterpBegin, tokInterpSimple)
	}
}

func (l *lexer) name(t *token) {
	src, i := l.src, l.off
	hash := uint32(hashSeed)
	for ; i < len(src) && is(src[i], className); i++ {
		hash = (hash ^ uint32(src[i])) * hashPrime
	}
	t.sym = l.symbols.find(src[l.off:i], hash)
	t.text = t.sym.text
	t.kind = t.sym.kind
	l.off = i
}

func (l *lexer) attribute(t *token) {
	if l.at(1) == '[' {
		l.punctuation(t, tokAttributeOpen, 2)
		return
	}
	l.off++
	start := l.off
	for is(l.at(0), className) {
		l.off++
	}
	t.kind = tokAttribute
	t.text = l.src[start:l.off]
}
