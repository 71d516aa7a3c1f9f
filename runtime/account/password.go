package account

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"

	"github.com/tongban/tongban/engine/fault"
)

// cost is what one password check costs: 19 MiB, two passes, one lane, the first choice of the OWASP password storage
// cheat sheet for argon2id. A hash made under another cost is made anew at the next sign-in.
type cost struct {
	memory uint32 // KiB
	passes uint32
	lanes  uint8
}

var standard = cost{memory: 19 * 1024, passes: 2, lanes: 1}

// Bounds of what a stored hash may ask for, so that a damaged record cannot exhaust the machine.
const (
	maxMemory = 256 * 1024 // KiB
	maxPasses = 16
	saltBytes = 16
	keyBytes  = 32
)

// Password rules: length above all, as NIST SP 800-63B asks; no rule about kinds of characters, which people meet with
// Password1! and nothing gained.
const (
	minPassword   = 10  // characters
	maxPassword   = 128 // characters
	minDifferent  = 5   // different characters
	maxCommonPart = 4   // characters beside the user name
)

// CheckPassword reports whether a password may be used by an account: codes account.password-short, account.password-long,
// account.password-plain.
func CheckPassword(username, password string) error {
	p := strings.ToLower(norm.NFKC.String(password))
	n := utf8.RuneCountInString(p)
	switch {
	case n < minPassword:
		return fault.New(fault.Invalid, "account.password-short", "min", minPassword)
	case n > maxPassword:
		return fault.New(fault.Invalid, "account.password-long", "max", maxPassword)
	}
	different := map[rune]bool{}
	for _, r := range p {
		different[r] = true
	}
	rest := utf8.RuneCountInString(strings.ReplaceAll(p, strings.ToLower(username), ""))
	if len(different) < minDifferent || (rest < n && rest <= maxCommonPart) || runs(p) {
		return fault.New(fault.Invalid, "account.password-plain")
	}
	return nil
}

// runs reports whether a password is one row of neighbouring characters: 1234567890, abcdefghij, and backwards.
func runs(p string) bool {
	rs := []rune(p)
	up, down := true, true
	for i := 1; i < len(rs); i++ {
		step := rs[i] - rs[i-1]
		up = up && (step == 1 || rs[i] == '0' && rs[i-1] == '9')
		down = down && (step == -1 || rs[i] == '9' && rs[i-1] == '0')
	}
	return up || down
}

// hasher makes and checks hashes, few at a time: each takes its memory, and a crowd of them would take all of it.
type hasher struct{ turns chan struct{} }

func newHasher() hasher { return hasher{make(chan struct{}, max(1, runtime.NumCPU()))} }

func (h hasher) turn(ctx context.Context) error {
	select {
	case h.turns <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// hash makes a PHC string of a password: $argon2id$v=19$m=..,t=..,p=..$salt$key.
func (h hasher) hash(ctx context.Context, password string) (string, error) {
	if err := h.turn(ctx); err != nil {
		return "", err
	}
	defer func() { <-h.turns }()
	salt := make([]byte, saltBytes)
	_, _ = rand.Read(salt) // never fails, by its documentation
	return standard.phc(salt, standard.key(password, salt)), nil
}

func (c cost) key(password string, salt []byte) []byte {
	return argon2.IDKey([]byte(norm.NFKC.String(password)), salt, c.passes, c.memory, c.lanes, keyBytes)
}

func (c cost) phc(salt, key []byte) string {
	b64 := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, c.memory, c.passes, c.lanes, b64(salt), b64(key))
}

// verify compares a password with a PHC string, in time that does not depend on where they differ. stale means that the
// hash was made under another cost.
func (h hasher) verify(ctx context.Context, password, phc string) (ok, stale bool, err error) {
	c, salt, want, err := parsePHC(phc)
	if err != nil {
		return false, false, err
	}
	if err := h.turn(ctx); err != nil {
		return false, false, err
	}
	defer func() { <-h.turns }()
	got := c.key(password, salt)
	return subtle.ConstantTimeCompare(got, want) == 1, c != standard, nil
}

var errPHC = errors.New("account: password hash is damaged")

func parsePHC(s string) (c cost, salt, key []byte, err error) {
	parts := strings.Split(s, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return c, nil, nil, errPHC
	}
	if n, scanErr := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &c.memory, &c.passes, &c.lanes); scanErr != nil || n != 3 {
		return c, nil, nil, errPHC
	}
	salt, saltErr := base64.RawStdEncoding.DecodeString(parts[4])
	key, keyErr := base64.RawStdEncoding.DecodeString(parts[5])
	if saltErr != nil || keyErr != nil || len(key) != keyBytes || len(salt) < 8 || c.lanes == 0 || c.passes == 0 ||
		c.passes > maxPasses || c.memory > maxMemory {
		return c, nil, nil, errPHC
	}
	return c, salt, key, nil
}
