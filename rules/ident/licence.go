package ident

import "strings"

// LicenceRoot is the object identifier under which electronic licences are numbered (GB/T 36904).
const LicenceRoot = "1.2.156.3005.2"

// LicenceID is the identifier of an electronic licence (电子证照标识, GB/T 36904).
type LicenceID struct {
	Type    string // 21 characters: the code of the body that defines the type, and three digits
	Issuer  string // the issuer's unified social credit code; some systems put a division code
	Serial  string // up to 32 letters and digits
	Version string // three digits
}

// ParseLicenceID reads an identifier, with or without the root. The error is an *Error.
func ParseLicenceID(s string) (LicenceID, error) {
	s = strings.TrimPrefix(Normalize(s), LicenceRoot+".")
	if s == "" {
		return LicenceID{}, fail(CodeEmpty)
	}
	if err := only(s, func(_ int, c byte) bool { return c == '.' || alnum(0, c) }); err != nil {
		return LicenceID{}, err
	}
	parts := strings.Split(s, ".")
	if len(parts) != 5 {
		return LicenceID{}, fail(CodeLicenceForm)
	}
	id := LicenceID{Type: parts[0], Issuer: parts[1], Serial: parts[2], Version: parts[3]}
	if !id.wellFormed() || len(parts[4]) != 1 {
		return LicenceID{}, fail(CodeLicenceForm)
	}
	if id.check() != parts[4][0] {
		return LicenceID{}, fail(CodeLicenceCheck)
	}
	return id, nil
}

// NewLicenceID makes the whole identifier, root and check character included. The error is an *Error.
func NewLicenceID(id LicenceID) (string, error) {
	for _, part := range []string{id.Type, id.Issuer, id.Serial, id.Version} {
		if err := only(part, alnum); err != nil {
			return "", err
		}
	}
	if !id.wellFormed() {
		return "", fail(CodeLicenceForm)
	}
	return id.String(), nil
}

// String writes the whole identifier, root and check character included.
func (id LicenceID) String() string {
	return strings.Join([]string{LicenceRoot, id.Type, id.Issuer, id.Serial, id.Version, string(id.check())}, ".")
}

func (id LicenceID) wellFormed() bool {
	// The length of the issuer matters: the check character does not see where a dot stands.
	issuer := len(id.Issuer) == 18
	if !issuer {
		_, err := ParseDivision(id.Issuer)
		issuer = err == nil
	}
	return len(id.Type) == 21 && issuer && len(id.Serial) >= 1 && len(id.Serial) <= 32 &&
		len(id.Version) == 3 && only(id.Version, digit) == nil
}

// check is the check character (ISO 7064 MOD 37,36) over the parts without their dots and without the root.
func (id LicenceID) check() byte {
	p := 36
	for _, part := range []string{id.Type, id.Issuer, id.Serial, id.Version} {
		for i := range len(part) {
			s := (p + value36(part[i])) % 36
			if s == 0 {
				s = 36
			}
			p = 2 * s % 37
		}
	}
	return "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[(37-p)%36]
}
