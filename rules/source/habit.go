package source

import "strings"

// Habits are words and marks that people bring along from another language, and what is written here instead. "." stands for
// a member without what it is a member of.
type Habits map[string]string

// At finds the habit that a parser stumbled over: the word or the run of marks at an index, or the word before it.
func (h Habits) At(f Fragment, index int) (string, bool) {
	chars := []rune(f.Text)
	index = min(max(index, 0), len(chars))
	for _, set := range []string{wordChars, markChars} {
		from, to := index, index
		for from > 0 && strings.ContainsRune(set, chars[from-1]) {
			from--
		}
		for to < len(chars) && strings.ContainsRune(set, chars[to]) {
			to++
		}
		found := string(chars[from:to])
		if strings.HasPrefix(found, ".") {
			found = "."
		}
		if write, ok := h[found]; ok {
			return write, true
		}
	}
	before := strings.Fields(string(chars[:index]))
	if len(before) == 0 {
		return "", false
	}
	write, ok := h[before[len(before)-1]]
	return write, ok
}

const markChars = "=<>&|!^"
