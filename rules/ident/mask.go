package ident

import (
	"strings"
	"unicode"
)

// MaskName hides the middle of a name: 张三 is 张*, 张小三 is 张*三, 吉克·阿牛 is 吉*·*牛. The first character stays, the last one
// if there are three or more; the dot of minority names and spaces stay, so that the shape of the name is seen.
func MaskName(name string) string {
	name = strings.TrimSpace(name)
	letters := 0
	for i, r := range name {
		if !shapes(r) && !joins(i, r) {
			letters++
		}
	}
	var b strings.Builder
	at, shown := 0, false
	for i, r := range name {
		switch {
		case shapes(r):
			b.WriteRune(r)
			shown = true
		case joins(i, r):
			if shown {
				b.WriteRune(r)
			}
		default:
			at++
			if shown = at == 1 && letters > 1 || at == letters && letters > 2; shown {
				b.WriteRune(r)
			} else {
				b.WriteByte('*')
			}
		}
	}
	return b.String()
}

// shapes reports whether a character parts a name and hides nothing.
func shapes(r rune) bool { return r == '·' || r == '•' || r == '.' || r == ' ' }

// joins reports whether the character at i belongs to the one before it: a variation selector or a combining mark.
func joins(i int, r rune) bool { return i > 0 && unicode.Is(unicode.M, r) }

// MaskID hides all but the first four and the last four characters of an identity number: 5104**********0013.
func MaskID(number string) string { return mask(number, 4, 4) }

// MaskPhone hides the middle of a telephone number: 139****5678, 0812-***4567.
func MaskPhone(number string) string {
	if area, local, landline := strings.Cut(number, "-"); landline {
		return area + "-" + mask(local, 0, 4)
	}
	return mask(number, 3, 4)
}

// MaskBankCard hides all but the last four digits of a bank card: ***************0013.
func MaskBankCard(number string) string { return mask(number, 0, 4) }

// mask keeps head and tail characters. Of a text so short that this would show most of it, nothing is kept.
func mask(s string, head, tail int) string {
	runes := []rune(s)
	if len(runes) < head+tail+3 {
		return strings.Repeat("*", len(runes))
	}
	return string(runes[:head]) + strings.Repeat("*", len(runes)-head-tail) + string(runes[len(runes)-tail:])
}
