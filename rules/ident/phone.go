package ident

import "strings"

// ParseMobile reads a mainland mobile number and returns its 11 digits; a leading +86 or 86 and separating hyphens are
// dropped. The error is an *Error.
func ParseMobile(s string) (string, error) {
	s = strings.ReplaceAll(Normalize(s), "-", "")
	if s == "" {
		return "", fail(CodeEmpty)
	}
	if len(s) > 11 {
		s = strings.TrimPrefix(strings.TrimPrefix(s, "+"), "86")
	}
	if err := expect(s, 11, digit); err != nil {
		return "", err
	}
	if s[0] != '1' || s[1] < '3' {
		return "", fail(CodeMobile)
	}
	return s, nil
}

// ParsePhone reads a mobile number, or a landline with its area code, and returns it as 13912345678 or 0812-3334567. The
// error is an *Error.
func ParsePhone(s string) (string, error) {
	s = Normalize(s)
	if s == "" {
		return "", fail(CodeEmpty)
	}
	if s[0] != '0' {
		return ParseMobile(s)
	}
	bare := strings.ReplaceAll(s, "-", "")
	if err := only(bare, digit); err != nil {
		return "", err
	}
	// Area codes have three digits for 010 and 02x, four otherwise; a local number has seven or eight and begins with 2 to 9.
	area := 4
	if len(bare) > 1 && (bare[1] == '1' || bare[1] == '2') {
		area = 3
	}
	if local := len(bare) - area; local != 7 && local != 8 || bare[area] < '2' {
		return "", fail(CodePhone)
	}
	return bare[:area] + "-" + bare[area:], nil
}
