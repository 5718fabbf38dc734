package syntax

import (
	"fmt"
	"unicode/utf8"
)

// kind tells tokens apart.
type kind uint8

// The kinds of tokens. Those from firstFixed on are always spelt the same.
const (
	tokEOF kind = iota
	tokName
	tokNumber
	tokString       // "quoted" or 'quoted'
	tokRawString    // [[long]] or [==[long]==]
	tokInterpSimple // `text`
	tokInterpBegin  // `text{
	tokInterpMid    // }text{
	tokInterpEnd    // }text`
	tokAttribute    // @name
	tokBrokenString
	tokBrokenComment
	tokBrokenInterp  // `text{{
	tokBrokenUnicode // a character outside ASCII
	tokStray         // an ASCII character that starts no token

	tokAttributeOpen // @[
	tokPlus
	tokMinus
	tokStar
	tokSlash
	tokFloorDiv
	tokPercent
	tokCaret
	tokHash
	tokConcat
	tokEllipsis
	tokDot
	tokColon
	tokDoubleColon
	tokComma
	tokSemicolon
	tokAssign
	tokEqual
	tokNotEqual
	tokLess
	tokLessEqual
	tokGreater
	tokGreaterEqual
	tokArrow
	tokQuestion
	tokPipe
	tokAmpersand
	tokBang
	tokOpenParen
	tokCloseParen
	tokOpenBracket
	tokCloseBracket
	tokOpenBrace
	tokCloseBrace
	tokAddAssign
	tokSubAssign
	tokMulAssign
	tokDivAssign
	tokFloorDivAssign
	tokModAssign
	tokPowAssign
	tokConcatAssign

	tokAnd
	tokBreak
	tokDo
	tokElse
	tokElseif
	tokEnd
	tokFalse
	tokFor
	tokFunction
	tokIf
	tokIn
	tokLocal
	tokNil
	tokNot
	tokOr
	tokRepeat
	tokReturn
	tokThen
	tokTrue
	tokUntil
	tokWhile

	kindCount

	firstFixed   = tokAttributeOpen
	firstKeyword = tokAnd
)

var kindText = [kindCount]string{
	tokEOF: "<eof>", tokName: "identifier", tokNumber: "number", tokString: "string",
	tokRawString: "string", tokAttribute: "attribute", tokBrokenString: "malformed string",
	tokBrokenComment: "unfinished comment",
	tokBrokenInterp:  `'{{', which is invalid (did you mean '\{'?)`,

	tokAttributeOpen: "@[",
	tokPlus:          "+", tokMinus: "-", tokStar: "*", tokSlash: "/", tokFloorDiv: "//",
	tokPercent: "%", tokCaret: "^", tokHash: "#", tokConcat: "..", tokEllipsis: "...",
	tokDot: ".", tokColon: ":", tokDoubleColon: "::", tokComma: ",", tokSemicolon: ";",
	tokAssign: "=", tokEqual: "==", tokNotEqual: "~=", tokLess: "<", tokLessEqual: "<=",
	tokGreater: ">", tokGreaterEqual: ">=", tokArrow: "->", tokQuestion: "?", tokPipe: "|",
	tokAmpersand: "&", tokBang: "!", tokOpenParen: "(", tokCloseParen: ")", tokOpenBracket: "[",
	tokCloseBracket: "]", tokOpenBrace: "{", tokCloseBrace: "}",
	tokAddAssign: "+=", tokSubAssign: "-=", tokMulAssign: "*=", tokDivAssign: "/=",
	tokFloorDivAssign: "//=", tokModAssign: "%=", tokPowAssign: "^=", tokConcatAssign: "..=",

	tokAnd: "and", tokBreak: "break", tokDo: "do", tokElse: "else", tokElseif: "elseif",
	tokEnd: "end", tokFalse: "false", tokFor: "for", tokFunction: "function", tokIf: "if",
	tokIn: "in", tokLocal: "local", tokNil: "nil", tokNot: "not", tokOr: "or",
	tokRepeat: "repeat", tokReturn: "return", tokThen: "then", tokTrue: "true",
	tokUntil: "until", tokWhile: "while",
}

// String returns the token as messages quote it.
func (k kind) String() string {
	if k >= firstFixed {
		return "'" + kindText[k] + "'"
	}
	return kindText[k]
}

// token is one token of a source.
type token struct {
	kind    kind
	escaped bool    // text holds a backslash
	text    string  // of names, numbers, attributes and strings; without quotes, escapes unread
	sym     *symbol // of names
	pos     Pos     // the first character
	end     Pos     // the last character
}

// String returns the token as messages quote it.
func (t *token) String() string {
	switch t.kind {
	case tokName, tokNumber, tokStray:
		return "'" + t.text + "'"
	case tokAttribute:
		return "'@" + t.text + "'"
	case tokString, tokRawString:
		return `"` + t.text + `"`
	case tokInterpSimple:
		return "`" + t.text + "`"
	case tokInterpBegin:
		return "`" + t.text + "{"
	case tokInterpMid:
		return "}" + t.text + "{"
	case tokInterpEnd:
		return "}" + t.text + "`"
	case tokBrokenUnicode:
		r, size := utf8.DecodeRuneInString(t.text)
		if r == utf8.RuneError && size <= 1 {
			return "invalid UTF-8 sequence"
		}
		if meant := lookalike(r); meant != "" {
			return fmt.Sprintf("Unicode character U+%x (did you mean '%s'?)", r, meant)
		}
		return fmt.Sprintf("Unicode character U+%x", r)
	}
	return t.kind.String()
}

// lookalike returns the ASCII text that a character, pasted from a document, was most likely meant
// to be. Luau knows many more.
func lookalike(r rune) string {
	switch r {
	case '\u2018', '\u2019':
		return "'"
	case '\u201c', '\u201d':
		return `"`
	case '\u2013', '\u2212':
		return "-"
	case '\u00a0':
		return " "
	}
	return ""
}
