package casework

import (
	"context"
	"fmt"
	"strings"

	"github.com/tongban/tongban/engine/fault"
	"github.com/tongban/tongban/rules/ident"
)

// A case number reads 510411-20260301-00042-7: the county that received it, the day, a number of its own within both, and a
// check digit (ISO 7064, MOD 11-10), which finds every wrong digit and nearly every swap of two. It is dictated over the
// telephone and typed from paper, so it holds digits only and fits every line system (at most 50 characters).

// newNumber takes the next number of a division and day.
func (s *Service) newNumber(ctx context.Context, division, day string) (string, error) {
	county := (division + "000000")[:6]
	compact := strings.ReplaceAll(day, "-", "")
	n, err := s.Store.Next(ctx, "case:"+county+":"+compact)
	if err != nil {
		return "", err
	}
	serial := fmt.Sprintf("%05d", n)
	return fmt.Sprintf("%s-%s-%s-%c", county, compact, serial, checkDigit(county+compact+serial)), nil
}

// parseNumber reads a case number as people type it, with or without hyphens and spaces, or says that it is mistyped.
func parseNumber(typed string) (string, error) {
	digits := strings.Map(func(r rune) rune {
		if strings.ContainsRune("-—–_", r) {
			return -1
		}
		return r
	}, ident.Normalize(typed))
	n := len(digits)
	mistyped := fault.New(fault.Invalid, "case.number-mistyped")
	if n < 20 || n > 30 || strings.Trim(digits, "0123456789") != "" || checkDigit(digits[:n-1]) != digits[n-1] {
		return "", mistyped
	}
	return digits[:6] + "-" + digits[6:14] + "-" + digits[14:n-1] + "-" + digits[n-1:], nil
}

// checkDigit computes the ISO 7064 MOD 11-10 check digit of a string of digits.
func checkDigit(digits string) byte {
	p := 10
	for i := range len(digits) {
		sum := (p + int(digits[i]-'0')) % 10
		if sum == 0 {
			sum = 10
		}
		p = sum * 2 % 11
	}
	return byte('0' + (11-p)%10)
}
