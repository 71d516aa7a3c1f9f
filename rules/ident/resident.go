package ident

import (
	"fmt"

	"github.com/tongban/tongban/rules/calendar"
)

// Sex is the sex that a resident number encodes.
type Sex string

// The sexes.
const (
	Male   Sex = "male"
	Female Sex = "female"
)

// IDKind says to whom a number of 18 characters is given.
type IDKind string

// The kinds of number, all checked by GB 11643.
const (
	Citizen   IDKind = "citizen"   // 居民身份证
	HongKong  IDKind = "hong-kong" // 港澳居民居住证, number 810000
	Macau     IDKind = "macau"     // 港澳居民居住证, number 820000
	Taiwan    IDKind = "taiwan"    // 台湾居民居住证, number 830000
	Foreigner IDKind = "foreigner" // 外国人永久居留身份证, number 9
)

// ID is a citizen identity number (GB 11643) or one of the residence-permit numbers built like it.
type ID struct {
	Number   string        // 18 characters, X in capital
	Division string        // the six digits of the place of first registration: maybe long abolished, and never where the person lives now
	Birth    calendar.Date // as the number has it; an archive may differ
	Sequence int           // 0 to 999
}

// earliestBirth keeps out numbers whose year is a slip of the finger, such as 0191. The standard's own example has 1880.
const earliestBirth = 1800

// ParseID reads an identity number. The division is not looked up, as codes are abolished while numbers live on. A number of
// 15 digits is refused: it has been invalid since 2013-01-01. The error is an *Error.
func ParseID(s string) (ID, error) {
	s = Normalize(s)
	if len(s) == 15 && only(s, digit) == nil {
		return ID{}, fail(CodeIDFifteen)
	}
	err := expect(s, 18, func(i int, c byte) bool { return isDigit(c) || i == 17 && c == 'X' })
	if err != nil {
		return ID{}, err
	}
	birth, err := calendar.ParseCompact(s[6:14])
	if err != nil || birth.Year() < earliestBirth {
		return ID{}, fail(CodeIDBirthDate, "date", s[6:10]+"-"+s[10:12]+"-"+s[12:14])
	}
	if idCheck(s) != s[17] {
		return ID{}, fail(CodeIDCheck)
	}
	sequence := int(s[14]-'0')*100 + int(s[15]-'0')*10 + int(s[16]-'0')
	return ID{Number: s, Division: s[:6], Birth: birth, Sequence: sequence}, nil
}

// NewID makes the number of a division, birth date and sequence (0 to 999, odd for men). Made-up people belong in a division
// that was never assigned, such as 510499, so that no living person is hit. The error is an *Error.
func NewID(division string, birth calendar.Date, sequence int) (string, error) {
	if err := expect(division, 6, digit); err != nil {
		return "", err
	}
	if birth.Year() < earliestBirth {
		return "", fail(CodeIDBirthDate, "date", birth)
	}
	if sequence < 0 || sequence > 999 {
		return "", fail(CodeSequence, "sequence", sequence)
	}
	y, m, d := birth.Civil()
	s := fmt.Sprintf("%s%04d%02d%02d%03d", division, y, m, d, sequence)
	return s + string(idCheck(s)), nil
}

// Sex returns the sex: an odd sequence is a man's.
func (id ID) Sex() Sex {
	if id.Sequence%2 == 1 {
		return Male
	}
	return Female
}

// Kind says to whom the number is given, by its first digits.
func (id ID) Kind() IDKind {
	switch {
	case id.Number == "":
		return ""
	case id.Division == "810000":
		return HongKong
	case id.Division == "820000":
		return Macau
	case id.Division == "830000":
		return Taiwan
	case id.Number[0] == '9':
		return Foreigner
	}
	return Citizen
}

// idCheck is the check character over the first 17 digits (ISO 7064 MOD 11-2, as GB 11643 writes it out).
func idCheck(s string) byte {
	weights := [17]int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}
	sum := 0
	for i, w := range weights {
		sum += int(s[i]-'0') * w
	}
	return "10X98765432"[sum%11]
}
