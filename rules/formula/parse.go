package formula

import (
	"errors"
	"strings"
	"unicode/utf8"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/conf"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/parser"

	"github.com/tongban/tongban/rules/diag"
)

// parse turns text into expr's tree.
func parse(src Source) (ast.Node, diag.List) {
	var found diag.List
	switch {
	case strings.TrimSpace(src.Text) == "":
		found.Add(src.Found(0, "formula.empty"))
	case len(src.Text) > MaxTextSize:
		found.Add(src.Found(0, "formula.too-long", "size", len(src.Text), "max", MaxTextSize))
	case !utf8.ValidString(src.Text):
		found.Add(src.Found(0, "formula.syntax", "near", "\uFFFD"))
	case src.Depth() > MaxDepth:
		found.Add(src.Found(0, "formula.too-deep", "max", MaxDepth))
	default:
		if at, ok := src.Comment(); ok {
			found.Add(src.Found(at, "formula.comment"))
			break
		}
		for _, s := range src.Strays() {
			if s.Write != "" {
				found.Add(src.Found(s.Index, "formula.full-width", "found", s.Found, "write", s.Write))
			} else {
				found.Add(src.Found(s.Index, "formula.not-ascii", "found", s.Found))
			}
		}
	}
	if len(found) > 0 {
		return nil, found
	}
	// The parser looks at nothing else of a configuration, and conf.CreateNew takes longer than it does.
	tree, err := parser.ParseWithConfig(src.Text, &conf.Config{MaxNodes: MaxNodes})
	if err != nil {
		index := 0
		var at *file.Error
		if errors.As(err, &at) {
			index = at.From
		}
		// at the end of the text expr names the last token before it
		near := src.Token(index)
		if strings.TrimSpace(string([]rune(src.Text)[min(index, utf8.RuneCountInString(src.Text)):])) != near {
			found.Add(src.Found(index, "formula.syntax", "near", near))
		} else {
			found.Add(src.Found(index, "formula.unfinished"))
		}
		write, ok := habits.At(src, index)
		if before := string([]rune(src.Text)[:min(index, utf8.RuneCountInString(src.Text))]); !ok && strings.Contains(before, "??") && strings.ContainsAny(near, "+-*/%<>=!") {
			write, ok = "(a ?? b) "+near+" c", true // ?? does not go with other operators without brackets
		}
		if ok {
			found.Add(src.Found(index, "formula.did-you-mean", "nearest", write).As(diag.Hint))
		}
		return nil, found
	}
	return tree.Node, nil
}
