package casework

// Match is an item found by a search and what of it matched.
type Match struct {
	Plan    Evaluator
	Matched string // name, plainName, alias, initials, pinyin, code; empty for a blank text
}
