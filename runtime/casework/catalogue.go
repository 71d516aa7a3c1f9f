package casework

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/mozillazg/go-pinyin"

	"github.com/tongban/tongban/engine/fault"
	"github.com/tongban/tongban/engine/plan"
)

// Match is an item found by a search and what of it matched.
type Match struct {
	Plan    Evaluator
	Matched string // name, plainName, alias, initials, pinyin, code; empty for a blank text
}

// Catalogue is Items over compiled plans held in memory: all versions of all items, compiled once. It is immutable and safe
// for concurrent use.
type Catalogue struct {
	items []*entry // by code
	codes map[string]*entry
}

var _ Items = (*Catalogue)(nil)

// entry is one item with its versions, newest first.
type entry struct {
	code     string
	versions []version
}

type version struct {
	plan  Evaluator
	texts []searchText
}

// NewCatalogue indexes plans. Two of the same code and version are an error.
func NewCatalogue[P Evaluator](plans []P) (*Catalogue, error) {
	c := &Catalogue{codes: map[string]*entry{}}
	for _, p := range plans {
		ref := p.Ref()
		e := c.codes[ref.Code]
		if e == nil {
			e = &entry{code: ref.Code}
			c.codes[ref.Code] = e
			c.items = append(c.items, e)
		}
		if slices.ContainsFunc(e.versions, func(v version) bool { return v.plan.Ref().Version == ref.Version }) {
			return nil, fmt.Errorf("casework: item %s version %d is there twice", ref.Code, ref.Version)
		}
		e.versions = append(e.versions, version{plan: p, texts: textsOf(p)})
	}
	slices.SortFunc(c.items, func(a, b *entry) int { return cmp.Compare(a.code, b.code) })
	for _, e := range c.items {
		slices.SortFunc(e.versions, func(a, b version) int { return cmp.Compare(b.plan.Ref().Version, a.plan.Ref().Version) })
	}
	return c, nil
}

// Current implements Items: of the versions whose effective period contains the date, the newest.
func (c *Catalogue) Current(code, date string) (Evaluator, error) {
	if e, ok := c.codes[code]; ok {
		if v, ok := e.current(date); ok {
			return v.plan, nil
		}
	}
	return nil, fault.New(fault.NotFound, "case.item-not-found", "item", code)
}

func (e *entry) current(date string) (version, bool) {
	for _, v := range e.versions {
		if p := v.plan.Definition().Effective; p.From <= date && (p.To == "" || date <= p.To) {
			return v, true
		}
	}
	return version{}, false
}

// Pinned implements Items. A plan of the same version but another hash is not the same: the dictionary it rests on changed.
func (c *Catalogue) Pinned(ref plan.ItemRef) (Evaluator, error) {
	if e, ok := c.codes[ref.Code]; ok {
		for _, v := range e.versions {
			if r := v.plan.Ref(); r.Version == ref.Version && r.Plan == ref.Plan {
				return v.plan, nil
			}
		}
	}
	return nil, fault.New(fault.NotFound, "case.item-not-pinned", "item", ref.Code, "version", ref.Version)
}

// How well a text matches, best first.
const (
	rankExact = iota
	rankPrefix
	rankWithin
	rankSound       // the whole text by its pinyin or initials
	rankSoundPrefix // its beginning
	rankSoundWithin
	rankScattered // all characters, in order, with others between
	rankNone
)

// Search implements Items.
func (c *Catalogue) Search(text, date string) []Match {
	type hit struct {
		Match
		rank, length int
	}
	terms := strings.Fields(text)
	whole := fold(text)
	var hits []hit
	for _, e := range c.items {
		v, ok := e.current(date)
		if !ok {
			continue
		}
		if whole == "" {
			hits = append(hits, hit{Match: Match{Plan: v.plan}})
			continue
		}
		rank, at := best(v.texts, whole)
		if rank == rankNone && len(terms) > 1 {
			for _, term := range terms {
				r, i := best(v.texts, fold(term))
				if r == rankNone {
					rank = rankNone
					break
				}
				if rank == rankNone || r > rank {
					rank, at = r, i
				}
			}
		}
		if rank != rankNone {
			t := v.texts[at]
			matched := t.of
			if rank >= rankSound && rank <= rankSoundWithin {
				matched = t.soundKind(whole)
			}
			hits = append(hits, hit{Match{v.plan, matched}, rank, len(t.runes)})
		}
	}
	slices.SortStableFunc(hits, func(a, b hit) int { return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(a.length, b.length)) })
	out := make([]Match, len(hits))
	for i, h := range hits {
		out[i] = h.Match
	}
	return out
}

// best returns the rank of the text that matches best, and its index; the earlier text where two match equally well.
func best(texts []searchText, query string) (rank, at int) {
	rank = rankNone
	for i, t := range texts {
		if r := t.match(query); r < rank {
			rank, at = r, i
		}
	}
	return rank, at
}

// searchText is one text an item can be found by, with every reading of every character worked out beforehand.
type searchText struct {
	of     string // what it is: code, name, plainName, alias
	folded string
	runes  []rune
	sounds [][]string // by rune: its readings in pinyin; a letter or digit reads as itself
	spoken bool       // has Chinese characters
}

// textsOf lists an item's texts, the more telling first.
func textsOf(p Evaluator) []searchText {
	d := p.Definition()
	var out []searchText
	add := func(of string, texts ...string) {
		for _, s := range texts {
			if f := fold(s); f != "" {
				out = append(out, newSearchText(of, f))
			}
		}
	}
	add("code", d.Code)
	add("name", d.Name.Zh, d.Name.En)
	add("plainName", d.PlainName.Zh, d.PlainName.En)
	add("alias", d.Aliases...)
	return out
}

func newSearchText(of, folded string) searchText {
	t := searchText{of: of, folded: folded, runes: []rune(folded)}
	args := pinyin.NewArgs()
	args.Heteronym = true
	for _, r := range t.runes {
		var readings []string
		for _, p := range pinyin.SinglePinyin(r, args) {
			t.spoken = true
			p = strings.ReplaceAll(p, "ü", "v")
			readings = appendUnique(readings, p)
			if strings.Contains(p, "v") { // 旅: people type lv and lu
				readings = appendUnique(readings, strings.ReplaceAll(p, "v", "u"))
			}
		}
		if readings == nil {
			readings = []string{string(r)}
		}
		t.sounds = append(t.sounds, readings)
	}
	return t
}

func (t searchText) match(query string) int {
	if query == "" {
		return rankNone
	}
	switch at := strings.Index(t.folded, query); {
	case at == 0 && len(query) == len(t.folded):
		return rankExact
	case at == 0:
		return rankPrefix
	case at > 0:
		return rankWithin
	}
	if t.of == "code" {
		return rankNone
	}
	if t.spoken && isLetters(query) && len(query) < maxSound {
		for from := range t.sounds {
			if end := t.sounded(from, query); end > 0 {
				switch {
				case from == 0 && end == len(t.sounds):
					return rankSound
				case from == 0:
					return rankSoundPrefix
				}
				return rankSoundWithin
			}
		}
	}
	if q := []rune(query); len(q) >= 2 && !isLetters(query) && scattered(q, t.runes) {
		return rankScattered
	}
	return rankNone
}

// maxSound bounds a query by sound: sounded keeps a set of positions in it as bits.
const maxSound = 63

// sounded reads a query from a character on, each character by its initial letter, by a whole reading or, for the last one,
// by the beginning of a reading. It returns the index after the last character read, or 0. As readings vary (了 le, liao;
// 长 chang, zhang), it follows all of them at once.
func (t searchText) sounded(from int, query string) int {
	reached := uint64(1) // bit i: the first i letters have been read
	for at := from; at < len(t.sounds) && reached != 0; at++ {
		var next uint64
		for i := range len(query) {
			if reached&(1<<i) == 0 {
				continue
			}
			rest := query[i:]
			for _, p := range t.sounds[at] {
				if strings.HasPrefix(p, rest) {
					return at + 1
				}
				if strings.HasPrefix(rest, p) {
					next |= 1 << (i + len(p))
				}
				if rest[0] == p[0] {
					next |= 1 << (i + 1)
					if len(p) > 1 && p[1] == 'h' && strings.HasPrefix(rest, p[:2]) {
						next |= 1 << (i + 2)
					}
				}
			}
		}
		reached = next
	}
	return 0
}

// soundKind says whether a query that matched by sound was initials only.
func (t searchText) soundKind(query string) string {
	for from := 0; from+len(query) <= len(t.sounds); from++ {
		all := true
		for i := range len(query) {
			if !slices.ContainsFunc(t.sounds[from+i], func(p string) bool { return p[0] == query[i] }) {
				all = false
				break
			}
		}
		if all {
			return "initials"
		}
	}
	return "pinyin"
}

// scattered reports whether all runes of q occur in text in their order.
func scattered(q, text []rune) bool {
	for _, r := range text {
		if len(q) > 0 && q[0] == r {
			q = q[1:]
		}
	}
	return len(q) == 0
}

// fold brings a text into the form in which texts are compared: lower case, full-width letters and digits as ASCII, nothing
// but letters and digits.
func fold(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 0xff01 && r <= 0xff5e {
			r -= 0xff01 - '!'
		}
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, s)
}

func isLetters(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r < 'a' || r > 'z' }) < 0
}

func appendUnique(list []string, v string) []string {
	if slices.Contains(list, v) {
		return list
	}
	return append(list, v)
}
