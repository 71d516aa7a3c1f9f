package facts

import (
	"iter"
	"slices"
	"strings"

	"github.com/tongban/tongban/rules/diag"
	"github.com/tongban/tongban/rules/lang"
)

// Space is a set of facts, each with a slot: its number in the order of declaration. A Space is immutable and safe for
// concurrent use. The facts of a plan form one; the members of a Row form another.
type Space struct {
	facts  []*Fact // of base, and its own behind them
	base   *Space  // what this one extends, or nil
	slots  map[string]int
	groups map[string]int // what lies above its own facts, with the slot of the first fact below
}

// Limits of a space. They bound what a document can make the rule languages declare, not what a city needs: the largest
// real item has some three hundred facts.
const (
	MaxFacts    = 4096
	MaxPathSize = 200
)

// NewSpace numbers the facts in their order. A fact that cannot be named, or named twice, or that has no type, is reported
// and left out; the rest of the space can still be used to find further mistakes. The codes are facts.bad-path,
// facts.reserved-word, facts.duplicate, facts.prefix, facts.no-type and facts.too-many, each with the argument fact.
func NewSpace(fs []Fact) (*Space, diag.List) { return (&Space{}).With(fs) }

// With is a space with more facts behind those of s, which both then share. It reports what NewSpace does.
func (s *Space) With(fs []Fact) (*Space, diag.List) {
	base, own := s, slices.Clone(fs)
	s = &Space{base: base, facts: slices.Grow(slices.Clone(base.facts), min(len(fs), MaxFacts)), slots: make(map[string]int, len(fs)), groups: map[string]int{}}
	var found diag.List
	for i := range own {
		f := &own[i]
		code := ""
		word, reserved := reservedWord(f.Path)
		switch {
		case len(s.facts) == MaxFacts:
			found.Add(diag.New("facts.too-many", "", "fact", f.Path, "max", MaxFacts))
			return s, found
		case !validPath(f.Path):
			code = "facts.bad-path"
		case reserved:
			found.Add(diag.New("facts.reserved-word", "", "fact", f.Path, "word", word))
			continue
		case s.has(f.Path):
			code = "facts.duplicate"
		case !f.Type.valid():
			code = "facts.no-type"
		}
		if code != "" {
			found.Add(diag.New(code, "", "fact", f.Path))
			continue
		}
		if other, clash := s.prefixClash(f.Path); clash {
			found.Add(diag.New("facts.prefix", "", "fact", f.Path, "other", other))
			continue
		}
		s.slots[f.Path] = len(s.facts)
		for i := range f.Path {
			if f.Path[i] == '.' && !s.HasGroup(f.Path[:i]) {
				s.groups[f.Path[:i]] = len(s.facts)
			}
		}
		s.facts = append(s.facts, f)
	}
	return s, found
}

func (s *Space) has(path string) bool { _, ok := s.Slot(path); return ok }

// prefixClash finds a fact that is a parent or a child of path: "a" and "a.b" cannot both be values.
func (s *Space) prefixClash(path string) (string, bool) {
	for i := 0; i < len(path); i++ {
		if path[i] == '.' && s.has(path[:i]) {
			return path[:i], true
		}
	}
	if at, ok := s.group(path); ok {
		return s.facts[at].Path, true
	}
	return "", false
}

// Len is the number of slots.
func (s *Space) Len() int { return len(s.facts) }

// Slot finds the slot of a path.
func (s *Space) Slot(path string) (int, bool) {
	for ; s != nil; s = s.base {
		if slot, ok := s.slots[path]; ok {
			return slot, true
		}
	}
	return 0, false
}

// At returns the fact in a slot.
func (s *Space) At(slot int) Fact { return *s.facts[slot] }

// Path is the path of the fact in a slot.
func (s *Space) Path(slot int) string { return s.facts[slot].Path }

// Label is the label of the fact in a slot.
func (s *Space) Label(slot int) lang.Text { return s.facts[slot].Label }

// Type is the type of the fact in a slot. It must not be changed.
func (s *Space) Type(slot int) *Type { return &s.facts[slot].Type }

// All returns the facts in the order of their slots. The slice is the caller's.
func (s *Space) All() []Fact {
	out := make([]Fact, len(s.facts))
	for i, f := range s.facts {
		out[i] = *f
	}
	return out
}

// HasGroup reports whether some fact lies below path: whether path is a group such as "applicant".
func (s *Space) HasGroup(path string) bool {
	_, ok := s.group(path)
	return ok
}

// group finds the first fact below path.
func (s *Space) group(path string) (int, bool) {
	for ; s != nil; s = s.base {
		if slot, ok := s.groups[path]; ok {
			return slot, true
		}
	}
	return 0, false
}

// Equal reports whether both spaces declare the same paths with equal types in the same order.
func (s *Space) Equal(o *Space) bool {
	if s == nil || o == nil {
		return s == o
	}
	return s == o || slices.EqualFunc(s.facts, o.facts, func(a, b *Fact) bool { return a.Path == b.Path && a.Type.Equal(b.Type) })
}

// Nearest finds the declared path that a misspelt one most likely meant: see NearestName; failing that, the same name in
// another group.
func (s *Space) Nearest(path string) (string, bool) {
	paths := func(yield func(string) bool) {
		for i := range s.facts {
			if !yield(s.facts[i].Path) {
				return
			}
		}
	}
	if near, ok := NearestName(path, paths); ok {
		return near, true
	}
	last := path[strings.LastIndexByte(path, '.')+1:]
	for near := range paths {
		if len(last) > 2 && (near == last || strings.HasSuffix(near, "."+last)) {
			return near, true
		}
	}
	return "", false
}

// NearestName finds the name that a misspelt one most likely meant: the one at the smallest edit distance, if that is at most
// a third of its length. Among equals the first wins, so that the answer is stable.
func NearestName(name string, names iter.Seq[string]) (string, bool) {
	if len(name) > MaxPathSize {
		return "", false
	}
	best, bestAt := "", len(name)/3+1
	for n := range names {
		if d := distance(name, n, bestAt); d < bestAt {
			best, bestAt = n, d
		}
	}
	return best, best != ""
}

// distance is the Levenshtein distance, or anything from limit on once it can no longer be below limit.
func distance(a, b string, limit int) int {
	if len(a)-len(b) >= limit || len(b)-len(a) >= limit {
		return limit
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		diagonal := row[0]
		row[0] = i
		least := i
		for j := 1; j <= len(b); j++ {
			above := row[j]
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(above+1, row[j-1]+1, diagonal+cost)
			diagonal = above
			least = min(least, row[j])
		}
		if least >= limit {
			return limit
		}
	}
	return row[len(b)]
}

// validPath reports whether path is lower-case ASCII names joined by dots, each a letter followed by letters, digits and
// underscores. CEL knows no other identifiers; people only ever see labels.
func validPath(path string) bool {
	if path == "" || len(path) > MaxPathSize {
		return false
	}
	for name := range strings.SplitSeq(path, ".") {
		if name == "" || name[0] < 'a' || name[0] > 'z' {
			return false
		}
		for i := range len(name) {
			c := name[i]
			if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '_' {
				return false
			}
		}
	}
	return true
}

// reservedWords cannot be names: the first group anywhere in CEL, the second at the start of a name in expr.
var (
	reservedAnywhere = []string{
		"as", "break", "const", "continue", "else", "false", "for", "function", "if", "import", "in", "let", "loop",
		"namespace", "null", "package", "return", "true", "var", "void", "while",
	}
	reservedFirst = []string{"and", "contains", "matches", "nil", "not", "or"}
)

func reservedWord(path string) (string, bool) {
	first := true
	for name := range strings.SplitSeq(path, ".") {
		if slices.Contains(reservedAnywhere, name) || first && slices.Contains(reservedFirst, name) {
			return name, true
		}
		first = false
	}
	return "", false
}
