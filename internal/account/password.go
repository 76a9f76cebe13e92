package account

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	zxcvbn "github.com/ccojocar/zxcvbn-go"
	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"

	"kipmonitor/internal/locale"
	"kipmonitor/internal/problem"
)

// The cost of a hash. Source: OWASP Password Storage Cheat Sheet, argon2id with
// 19 MiB, two passes, one thread.
const (
	hashMemory  = 19 * 1024 // KiB
	hashPasses  = 2
	hashThreads = 1
	hashLength  = 32
	saltLength  = 16
)

// How long a password may be. Nothing is asked of its letters: length counts
// (NIST SP 800-63B).
const (
	MinPassword = 12
	maxPassword = 256
)

// hashPassword returns the hash of a password in the PHC form.
func hashPassword(password string) string {
	var salt [saltLength]byte
	_, _ = rand.Read(salt[:]) // never fails
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, hashMemory, hashPasses, hashThreads,
		base64.RawStdEncoding.EncodeToString(salt[:]), base64.RawStdEncoding.EncodeToString(derive(password, salt[:], hashMemory, hashPasses, hashThreads, hashLength)))
}

func derive(password string, salt []byte, memory, passes uint32, threads uint8, length uint32) []byte {
	// The same letters typed on another machine may be other bytes.
	return argon2.IDKey([]byte(norm.NFC.String(password)), salt, passes, memory, threads, length)
}

// matches reports whether a password has a hash. A hash that it cannot read, or that
// would cost more than one of ours, matches nothing.
func matches(hash, password string) bool {
	var version int
	var memory, passes uint32
	var threads uint8
	parts := strings.Split(hash, "$")
	if len(parts) != 6 || parts[1] != "argon2id" || len(password) > 4*maxPassword {
		return false
	}
	if n, err := fmt.Sscanf(parts[2]+" "+parts[3], "v=%d m=%d,t=%d,p=%d", &version, &memory, &passes, &threads); n != 4 || err != nil || version != argon2.Version {
		return false
	}
	if memory > 4*hashMemory || passes > 4*hashPasses || passes == 0 || threads == 0 {
		return false
	}
	salt, err := base64.RawStdEncoding.DecodeString(parts[4])
	if err != nil {
		return false
	}
	want, err := base64.RawStdEncoding.DecodeString(parts[5])
	if err != nil || len(want) < 16 || len(want) > 64 {
		return false
	}
	return subtle.ConstantTimeCompare(want, derive(password, salt, memory, passes, threads, uint32(len(want)))) == 1
}

// verify compares a password with a hash, a few at a time: each takes 19 MiB.
func (s *Service) verify(ctx context.Context, hash, password string) (bool, error) {
	select {
	case s.hashing <- struct{}{}:
		defer func() { <-s.hashing }()
		return matches(hash, password), nil
	case <-ctx.Done():
		return false, context.Cause(ctx)
	}
}

// localWords are those that people in Switzerland would think of first; the definition
// adds its own (Service.Present).
var localWords = []string{
	"kanton", "canton", "cantone", "gemeinde", "commune", "comune", "integration", "integrazione",
	"programm", "programme", "monitor", "passwort", "motdepasse", "sommer", "winter", "herbst", "fruehling", "frühling", "schweiz", "suisse", "svizzera", "willkommen", "hallo",
}

// strength is the least that zxcvbn must grant a password, of 4: safe where the hashes
// are slow.
const strength = 3

// checkPassword says what is wrong with a new password: too short, or one that is
// guessed soon since it is made of common passwords, words, names, dates, keys in a
// row, of the canton's own words, or of the person's own name and address.
func checkPassword(password string, one Account, words []string) error {
	length := utf8.RuneCountInString(password)
	switch {
	case !utf8.ValidString(password) || length > maxPassword:
		return problem.New(problem.Invalid, "password_long", locale.Args{"count": maxPassword})
	case length < MinPassword:
		return problem.New(problem.Invalid, "password_short", locale.Args{"count": MinPassword})
	}
	own := strings.FieldsFunc(strings.ToLower(one.Email+" "+one.Name+" "+string(one.Organisation)), func(r rune) bool {
		return strings.ContainsRune(" @.-_+", r)
	})
	// The search for words takes the square of the length; the beginning says enough.
	runes := []rune(strings.ToLower(password))
	if zxcvbn.PasswordStrength(string(runes[:min(len(runes), 64)]), slices.Concat(own, words, localWords)).Score < strength {
		return problem.New(problem.Invalid, "password_common", nil)
	}
	return nil
}
