package ident

import (
	"strings"
	"unicode"
)

// MaskName hides the middle of a name: 张三 is 张*, 张小三 is 张*三, 吉克·阿牛 is 吉*·*牛. The first character stays, the last one
// if there are three or more; the dot of minority names and spaces stay, so that the shape of the name is seen.
func MaskName(name string) string {
	// A variation selector or combining mark belongs to the character before it.
	var letters []string
	for _, r := range strings.TrimSpace(name) {
		if len(letters) > 0 && unicode.Is(unicode.M, r) {
			letters[len(letters)-1] += string(r)
			continue
		}
		letters = append(letters, string(r))
	}
	seen := 0
	shape := func(s string) bool { return s == "·" || s == "•" || s == "." || s == " " }
	for _, s := range letters {
		if !shape(s) {
			seen++
		}
	}
	var b strings.Builder
	at := 0
	for _, s := range letters {
		if shape(s) {
			b.WriteString(s)
			continue
		}
		if at++; at == 1 && seen > 1 || at == seen && seen > 2 {
			b.WriteString(s)
		} else {
			b.WriteByte('*')
		}
	}
	return b.String()
}

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
