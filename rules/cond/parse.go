package cond

import (
	"strings"
	"unicode/utf8"

	"github.com/google/cel-go/common"
	"github.com/google/cel-go/common/ast"
	"github.com/google/cel-go/parser"

	"github.com/tongban/tongban/rules/diag"
)

// celParser knows no macros: all, exists, filter and their like arrive as the calls that were written and are checked as
// such, so that a tree shows what its author sees.
var celParser = newParser()

func newParser() *parser.Parser {
	p, err := parser.NewParser(parser.ExpressionSizeCodePointLimit(MaxTextSize),
		parser.ErrorReportingLimit(20), parser.ErrorRecoveryLimit(5), parser.EnableVariadicOperatorASTs(true))
	if err != nil {
		panic(err)
	}
	return p
}

// parse turns text into CEL's tree. What a person who writes Chinese gets wrong most is found before the parser looks.
func parse(src Source) (*ast.AST, diag.List) {
	var found diag.List
	switch {
	case strings.TrimSpace(src.Text) == "":
		found.Add(src.Found(0, "cond.empty"))
	case len(src.Text) > MaxTextSize:
		found.Add(src.Found(0, "cond.too-long", "size", len(src.Text), "max", MaxTextSize))
	case !utf8.ValidString(src.Text):
		found.Add(src.Found(0, "cond.syntax", "near", "\uFFFD"))
	case src.Depth() > MaxDepth:
		found.Add(src.Found(0, "cond.too-deep", "max", MaxDepth))
	default:
		if at, ok := src.Comment(); ok {
			found.Add(src.Found(at, "cond.comment"))
			break
		}
		for _, s := range src.Strays() {
			if s.Write != "" {
				found.Add(src.Found(s.Index, "cond.full-width", "found", s.Found, "write", s.Write))
			} else {
				found.Add(src.Found(s.Index, "cond.not-ascii", "found", s.Found))
			}
		}
	}
	if len(found) > 0 {
		return nil, found
	}
	text := common.NewStringSource(src.Text, src.Path)
	parsed, errs := celParser.Parse(text)
	for _, e := range errs.GetErrors()[:min(1, len(errs.GetErrors()))] { // what follows is mostly its echo
		index, ok := text.LocationOffset(e.Location)
		if !ok {
			index = 0
		}
		// the parser's own text speaks of grammar tokens; where it stopped says more
		if near := src.Token(int(index)); near != "" {
			found.Add(src.Found(int(index), "cond.syntax", "near", near))
		} else {
			found.Add(src.Found(int(index), "cond.unfinished"))
		}
		if write, ok := habits.At(src, int(index)); ok {
			found.Add(src.Found(int(index), "cond.did-you-mean", "nearest", write).As(diag.Hint))
		}
	}
	return parsed, found
}
