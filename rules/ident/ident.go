// Package ident reads, checks, makes and masks the numbers by which people, organisations, divisions, licences, cards and
// telephones are identified. A number that is wrong is explained by code: too long, a strange character, an impossible
// date, a failing check character. Nothing here asks a register: a valid number need not exist.
//
// Every Parse function first brings what people type into the canonical form (Normalize); what is stored and compared is
// the form it returns.
package ident

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Error says what is wrong with a number. Its Code is one of the Code constants and has a text in the catalogue.
type Error struct {
	code string
	args map[string]string
}

// The codes of Error.
const (
	CodeEmpty            = "ident.empty"
	CodeLength           = "ident.length"            // args: length, want
	CodeCharacter        = "ident.character"         // args: character, position (from 1)
	CodeIDFifteen        = "ident.id-fifteen"        // a first-generation number of 15 digits
	CodeIDBirthDate      = "ident.id-birth-date"     // args: date
	CodeIDCheck          = "ident.id-check"          // the check character does not agree
	CodeUSCCCheck        = "ident.uscc-check"        // likewise
	CodeUSCCOrganisation = "ident.uscc-organisation" // the check character of the organisation code inside does not agree
	CodeLicenceForm      = "ident.licence-form"      // not root, type, issuer, serial, version, check
	CodeLicenceCheck     = "ident.licence-check"
	CodeDisabilityKind   = "ident.disability-kind"  // args: category
	CodeDisabilityGrade  = "ident.disability-grade" // args: grade
	CodeMobile           = "ident.mobile"
	CodePhone            = "ident.phone"
	CodeBankCardCheck    = "ident.bank-card-check"
	CodeDivision         = "ident.division"       // args: code
	CodeDivisionLevel    = "ident.division-level" // args: code, level
	CodeSequence         = "ident.sequence"       // args: sequence
)

func (e *Error) Error() string {
	if len(e.args) == 0 {
		return e.code
	}
	return fmt.Sprint(e.code, " ", e.args)
}

// Code is the error's code in the catalogue.
func (e *Error) Code() string { return e.code }

// Args are the arguments of the error's text. The map must not be changed.
func (e *Error) Args() map[string]string { return e.args }

// fail makes an Error; pairs are argument names and values.
func fail(code string, pairs ...any) *Error {
	e := &Error{code: code}
	for i := 0; i+1 < len(pairs); i += 2 {
		if e.args == nil {
			e.args = map[string]string{}
		}
		e.args[fmt.Sprint(pairs[i])] = fmt.Sprint(pairs[i+1])
	}
	return e
}

// Normalize brings a number that a person typed, pasted or scanned into canonical form: full-width characters become
// ASCII, letters become capitals, and white space is dropped, wherever it stands.
func Normalize(s string) string {
	canonical := true
	for i := range len(s) {
		if c := s[i]; c <= ' ' || c >= 0x7f || c >= 'a' && c <= 'z' {
			canonical = false
			break
		}
	}
	if canonical {
		return s
	}
	return strings.Map(func(r rune) rune {
		if r >= 0xff01 && r <= 0xff5e { // full-width forms mirror ASCII
			r -= 0xff01 - '!'
		}
		switch {
		case r <= ' ' || r == 0x7f || r == 0xa0 || r == 0x3000 || r >= 0x2000 && r <= 0x200f || r == 0xfeff:
			return -1
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		}
		return r
	}, s)
}

// expect checks the length and the characters of a canonical number.
func expect(s string, length int, allowed func(i int, c byte) bool) error {
	if s == "" {
		return fail(CodeEmpty)
	}
	if n := utf8.RuneCountInString(s); n != length {
		return fail(CodeLength, "length", n, "want", length)
	}
	return only(s, allowed)
}

// only checks the characters of a canonical number.
func only(s string, allowed func(i int, c byte) bool) error {
	at := 0
	for i, r := range s {
		at++
		if r >= utf8.RuneSelf || !allowed(i, byte(r)) {
			return fail(CodeCharacter, "character", string(r), "position", at)
		}
	}
	return nil
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func digit(_ int, c byte) bool { return isDigit(c) }

func alnum(_ int, c byte) bool { return isDigit(c) || c >= 'A' && c <= 'Z' }
