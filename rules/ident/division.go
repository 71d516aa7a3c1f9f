package ident

import "strings"

// DivisionLevel is the level of an administrative division.
type DivisionLevel string

// The levels, highest first.
const (
	Province  DivisionLevel = "province"
	City      DivisionLevel = "city"
	County    DivisionLevel = "county"
	Street    DivisionLevel = "street"    // street, town or township
	Community DivisionLevel = "community" // residents' or villagers' committee
)

// Division is an administrative division code: six digits (GB/T 2260), nine with the street or town (GB/T 10114), twelve with
// the community or village.
type Division string

// ParseDivision reads a division code of 6, 9 or 12 digits. Whether such a division exists is the dictionary's to say. Zeros
// that stand for "no such level" are dropped, so that 510402001000 and 510402001 are the same division. The error is an
// *Error.
func ParseDivision(s string) (Division, error) {
	n := len(s)
	if n != 6 && n != 9 && n != 12 || only(s, digit) != nil || s[:2] == "00" {
		return "", fail(CodeDivision, "code", s)
	}
	for n > 6 && s[n-3:n] == "000" {
		n -= 3
	}
	if n == 12 && s[6:9] == "000" { // a community must be in a street
		return "", fail(CodeDivision, "code", s)
	}
	return Division(s[:n]), nil
}

// Level returns the level that the form of the code shows. Cities without counties, such as 442000, show as cities.
func (d Division) Level() DivisionLevel {
	switch {
	case len(d) == 12:
		return Community
	case len(d) == 9:
		return Street
	case strings.HasSuffix(string(d), "0000"):
		return Province
	case strings.HasSuffix(string(d), "00"):
		return City
	}
	return County
}

// In reports whether d is ancestor itself or lies within it, by the codes alone.
func (d Division) In(ancestor Division) bool {
	prefix := string(ancestor)
	switch ancestor.Level() {
	case Province:
		prefix = prefix[:2]
	case City:
		prefix = prefix[:4]
	}
	return strings.HasPrefix(string(d), prefix)
}

// County returns the county or district that d is in. The error is an *Error with CodeDivisionLevel for a province or city.
func (d Division) County() (Division, error) {
	if l := d.Level(); l == Province || l == City {
		return "", fail(CodeDivisionLevel, "code", string(d), "level", string(County))
	}
	return d[:6], nil
}

// Street returns the street or town that d is in. The error is an *Error with CodeDivisionLevel for anything above it.
func (d Division) Street() (Division, error) {
	if len(d) < 9 {
		return "", fail(CodeDivisionLevel, "code", string(d), "level", string(Street))
	}
	return d[:9], nil
}
