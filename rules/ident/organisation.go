package ident

import "strings"

// usccAlphabet holds the 31 characters of GB 32100 in the order of their values: no I, O, S, V, Z.
const usccAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"

// USCC is a unified social credit code (统一社会信用代码, GB 32100).
type USCC struct {
	Number       string // 18 characters
	Kind         string // registrar and kind: "11" government organ, "54" residents' or villagers' committee, "91" company
	Division     string // the registrar's division
	Organisation string // the organisation code inside (GB 11714), nine characters
	// Doubtful says that the organisation code's own check character does not agree. Such codes are in real use, so it is
	// worth a warning (CodeUSCCOrganisation) and no more.
	Doubtful bool
}

// ParseUSCC reads a unified social credit code. The error is an *Error; CodeUSCCCheck among them is also met in codes that
// authorities publish, so data from another system is best warned about and not refused.
func ParseUSCC(s string) (USCC, error) {
	s = Normalize(s)
	err := expect(s, 18, func(i int, c byte) bool {
		return strings.IndexByte(usccAlphabet, c) >= 0 && (i < 2 || i >= 8 || isDigit(c))
	})
	if err != nil {
		return USCC{}, err
	}
	if usccCheck(s) != s[17] {
		return USCC{}, fail(CodeUSCCCheck)
	}
	return USCC{Number: s, Kind: s[:2], Division: s[2:8], Organisation: s[8:17], Doubtful: organisationCheck(s[8:16]) != s[16]}, nil
}

// Doubt returns the warning for a doubtful code, an *Error with CodeUSCCOrganisation, else nil.
func (u USCC) Doubt() error {
	if u.Doubtful {
		return fail(CodeUSCCOrganisation, "organisation", u.Organisation)
	}
	return nil
}

// NewUSCC makes the code of a kind (registrar and kind, "54"), a registrar's division of six digits and the eight characters
// of an organisation code without its check character. The error is an *Error.
func NewUSCC(kind, division, organisation string) (string, error) {
	s := kind + division + organisation
	err := expect(s, 16, func(i int, c byte) bool {
		return strings.IndexByte(usccAlphabet, c) >= 0 && (i < 2 || i >= 8 || isDigit(c))
	})
	if err != nil {
		return "", err
	}
	if len(kind) != 2 || len(division) != 6 {
		return "", fail(CodeLength, "length", len(kind)+len(division), "want", 8)
	}
	s += string(organisationCheck(organisation))
	return s + string(usccCheck(s)), nil
}

// usccCheck is the check character over the first 17 characters: weights are powers of 3 modulo 31.
func usccCheck(s string) byte {
	sum, weight := 0, 1
	for i := range 17 {
		sum += strings.IndexByte(usccAlphabet, s[i]) * weight
		weight = weight * 3 % 31
	}
	return usccAlphabet[(31-sum%31)%31]
}

// organisationCheck is the check character of GB 11714 over eight characters, with letters worth 10 to 35.
func organisationCheck(s string) byte {
	weights := [8]int{3, 7, 9, 10, 5, 8, 4, 2}
	sum := 0
	for i, w := range weights {
		sum += value36(s[i]) * w
	}
	return "0X987654321"[sum%11]
}

// value36 is the value of a character in ISO 7064's alphabet of 36.
func value36(c byte) int {
	if isDigit(c) {
		return int(c - '0')
	}
	return int(c-'A') + 10
}
