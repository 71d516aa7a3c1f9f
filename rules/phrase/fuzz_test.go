package phrase_test

import (
	"testing"
	"time"
	"unicode/utf8"

	"github.com/shopspring/decimal"

	"github.com/tongban/tongban/rules/cond"
	"github.com/tongban/tongban/rules/facts"
	"github.com/tongban/tongban/rules/funcs"
	"github.com/tongban/tongban/rules/lang"
	"github.com/tongban/tongban/rules/phrase"
)

var ops = []cond.Op{
	cond.OpConst, cond.OpFact, cond.OpVar, cond.OpField, cond.OpCall, cond.OpList, cond.OpPresent, cond.OpAnd, cond.OpOr, cond.OpNot, cond.OpEq,
	cond.OpNe, cond.OpLt, cond.OpLe, cond.OpGt, cond.OpGe, cond.OpIn, cond.OpAdd, cond.OpSub, cond.OpMul, cond.OpDiv, cond.OpMod, cond.OpNeg,
	cond.OpIf, cond.OpIndex, cond.OpSize, cond.OpAll, cond.OpExists, cond.OpExistsOne, cond.OpFilter, cond.OpMap, cond.OpStartsWith,
	cond.OpEndsWith, cond.OpContains, cond.OpMatches, "unheard-of",
}

// grower makes a node of any bytes: well typed or not, with arguments or without.
type grower struct {
	seed  []byte
	space *facts.Space
	row   *facts.Space
	nodes int
}

func (g *grower) next(n int) int {
	if len(g.seed) == 0 || n <= 0 {
		return 0
	}
	b := int(g.seed[0])
	g.seed = g.seed[1:]
	return b % n
}

func (g *grower) typ() facts.Type {
	types := []facts.Type{
		{}, {Kind: facts.Bool}, {Kind: facts.Int}, {Kind: facts.Int, Money: true}, {Kind: facts.Number}, {Kind: facts.String}, {Kind: facts.Date},
		{Kind: facts.List, Elem: &facts.Type{Kind: facts.Row, Row: g.row}}, {Kind: facts.Row, Row: g.row}, {Kind: facts.List},
		{Kind: facts.String, Enum: []facts.Choice{{Value: "a", Label: lang.Text{Zh: "甲"}}, {Value: "b"}}},
	}
	return types[g.next(len(types))]
}

func (g *grower) node(depth int) *cond.Node {
	g.nodes++
	if depth == 0 || g.nodes > 300 || len(g.seed) == 0 {
		return nil
	}
	n := &cond.Node{Op: ops[g.next(len(ops))], Type: g.typ()}
	names := []string{"m", "n", "age", "division_in", "workdays_after", "income", "student", "nothing", "{0}"}
	n.Name = names[g.next(len(names))]
	paths := []string{"form.kind", "form.living", "agent.present", "today", "gone.away"}
	n.Fact = paths[g.next(len(paths))]
	values := []any{nil, true, int64(-1), int64(1) << 62, int64(1<<63 - 1), decimal.New(1, 1<<30), decimal.New(-15, -1), "a", "“", "510400", time.Date(-3, 1, 1, 0, 0, 0, 0, time.UTC)}
	n.Value = values[g.next(len(values))]
	for range g.next(4) {
		n.Args = append(n.Args, g.node(depth-1))
	}
	return n
}

// FuzzSentence: whatever the tree, there is a sentence in both languages, and quickly.
func FuzzSentence(f *testing.F) {
	for _, op := range ops {
		for i, other := range ops {
			if op == other {
				f.Add([]byte{byte(i), 1, 2, 3, 4, 3, 10, 2, 3, 4, 5, 2, 31, 4, 5, 6, 7, 1, 12, 1, 1, 1, 2, 3})
			}
		}
	}
	row, _ := facts.NewSpace([]facts.Fact{
		{Path: "income", Type: facts.Type{Kind: facts.Int, Money: true}, Label: lang.Text{Zh: "月收入"}},
		{Path: "student", Type: facts.Type{Kind: facts.Bool}, Label: lang.Text{Zh: "是否在校", En: "?"}},
	})
	space, _ := facts.NewSpace([]facts.Fact{
		{Path: "form.kind", Type: facts.Type{Kind: facts.String}, Label: lang.Text{En: "Kind"}},
		{Path: "form.living", Type: facts.Type{Kind: facts.Bool}, Label: lang.Text{Zh: "是否"}},
		{Path: "agent.present", Type: facts.Type{Kind: facts.Bool}, Label: lang.Text{Zh: "有"}},
		{Path: "today", Type: facts.Type{Kind: facts.Date}, Unit: lang.Text{Zh: "日"}},
	})
	f.Fuzz(func(t *testing.T, seed []byte) {
		g := grower{seed: seed, space: space, row: row}
		n := g.node(24)
		for _, p := range []*phrase.Phraser{phrase.New(space, funcs.Standard(nil)), phrase.New(nil, nil)} {
			text, _ := p.SentenceComplete(n)
			if text.Zh == "" || text.En == "" || !utf8.ValidString(text.Zh) || !utf8.ValidString(text.En) {
				t.Errorf("%q", text)
			}
			if len(text.Zh)+len(text.En) > 4<<20 {
				t.Errorf("%d bytes for %d nodes", len(text.Zh)+len(text.En), g.nodes)
			}
		}
	})
}
