package ident

import (
	"strconv"
	"strings"
)

// DisabilityCard is the number of a disability card (残疾人证, 残联发〔2017〕34号): an identity number, a digit for the kind of
// disability and one for its grade; re-issued cards add B and a count.
type DisabilityCard struct {
	Number   string
	ID       ID
	Category int // 1 sight, 2 hearing, 3 speech, 4 limbs, 5 intellect, 6 mind, 7 multiple
	Grade    int // 1 (gravest) to 4
	Reissue  int // 0 for the first card
}

// ParseDisabilityCard reads the number of a disability card. The error is an *Error.
func ParseDisabilityCard(s string) (DisabilityCard, error) {
	s = Normalize(s)
	base, suffix, reissued := strings.Cut(s, "B")
	reissue := 0
	if reissued {
		n, err := strconv.ParseUint(suffix, 10, 8)
		if err != nil || n == 0 || suffix[0] == '0' {
			return DisabilityCard{}, fail(CodeLength, "length", len(s), "want", 20)
		}
		reissue = int(n)
	}
	err := expect(base, 20, func(i int, c byte) bool { return isDigit(c) || i == 17 && c == 'X' })
	if err != nil {
		return DisabilityCard{}, err
	}
	id, err := ParseID(base[:18])
	if err != nil {
		return DisabilityCard{}, err
	}
	category, grade := int(base[18]-'0'), int(base[19]-'0')
	if category < 1 || category > 7 {
		return DisabilityCard{}, fail(CodeDisabilityKind, "category", category)
	}
	if grade < 1 || grade > 4 {
		return DisabilityCard{}, fail(CodeDisabilityGrade, "grade", grade)
	}
	return DisabilityCard{Number: s, ID: id, Category: category, Grade: grade, Reissue: reissue}, nil
}

// NewDisabilityCard makes the number of a first card. The error is an *Error.
func NewDisabilityCard(id string, category, grade int) (string, error) {
	card, err := ParseDisabilityCard(id + strconv.Itoa(category) + strconv.Itoa(grade))
	return card.Number, err
}

// ParseBankCard reads the number of a bank card, 12 to 19 digits with a Luhn check digit (ISO/IEC 7812). Most accounts have
// one, not all: a passbook account fails with CodeBankCardCheck and may still be right. The error is an *Error.
func ParseBankCard(s string) (string, error) {
	s = strings.ReplaceAll(Normalize(s), "-", "")
	if s == "" {
		return "", fail(CodeEmpty)
	}
	if err := only(s, digit); err != nil {
		return "", err
	}
	if len(s) < 12 || len(s) > 19 {
		return "", fail(CodeLength, "length", len(s), "want", "12–19")
	}
	if luhn(s[:len(s)-1]) != s[len(s)-1] {
		return "", fail(CodeBankCardCheck)
	}
	return s, nil
}

// NewBankCard appends the check digit to 11 to 18 digits. The error is an *Error.
func NewBankCard(digits string) (string, error) {
	if err := only(digits, digit); err != nil {
		return "", err
	}
	return ParseBankCard(digits + string(luhn(digits)))
}

// luhn is the check digit that belongs after digits.
func luhn(digits string) byte {
	sum := 0
	for i := range len(digits) {
		n := int(digits[len(digits)-1-i] - '0')
		if i%2 == 0 {
			if n *= 2; n > 9 {
				n -= 9
			}
		}
		sum += n
	}
	return '0' + byte((10-sum%10)%10)
}
