// Package numbers makes the check characters of made-up numbers, so that seeds need nothing of the platform they seed.
// Whether a number is right is rules/ident's to say; tests hold the two together.
package numbers

import (
	"fmt"
	"strings"
)

// ResidentID completes the first 17 digits of a resident identity number (GB 11643: ISO 7064 MOD 11-2).
func ResidentID(first17 string) string {
	weights := [17]int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}
	sum := 0
	for i, w := range weights {
		sum += int(first17[i]-'0') * w
	}
	return first17 + string("10X98765432"[sum%11])
}

const (
	alphanumeric = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	creditCode   = "0123456789ABCDEFGHJKLMNPQRTUWXY" // no I, O, S, V, Z
)

// USCC makes a unified social credit code (GB 32100) from its eight leading characters (registrar, kind, division) and the
// first eight of the organisation code (GB 11714).
func USCC(head, organisation string) string {
	weights := [8]int{3, 7, 9, 10, 5, 8, 4, 2}
	sum := 0
	for i, w := range weights {
		sum += strings.IndexByte(alphanumeric, organisation[i]) * w
	}
	code := head + organisation + string("0X987654321"[sum%11])
	sum, weight := 0, 1
	for i := range code {
		sum += strings.IndexByte(creditCode, code[i]) * weight
		weight = weight * 3 % 31
	}
	return code + string(creditCode[(31-sum%31)%31])
}

// BankCard appends the check digit of a bank card (Luhn, ISO/IEC 7812).
func BankCard(digits string) string {
	sum := 0
	for i := range digits {
		d := int(digits[len(digits)-1-i] - '0')
		if i%2 == 0 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return digits + string(rune('0'+(10-sum%10)%10))
}

// LicenceIdentifier makes the identifier of an electronic licence (GB/T 36904) of a type, issuer, serial and version from
// its check character (ISO 7064 MOD 37,36).
func LicenceIdentifier(typeCode, issuer, serial string, version int) string {
	v := fmt.Sprintf("%03d", version)
	p := 36
	for _, c := range typeCode + issuer + serial + v {
		s := (p + strings.IndexRune(alphanumeric, c)) % 36
		if s == 0 {
			s = 36
		}
		p = 2 * s % 37
	}
	return strings.Join([]string{"1.2.156.3005.2", typeCode, issuer, serial, v, string(alphanumeric[(37-p)%36])}, ".")
}
