package account

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base32"
	"encoding/base64"
	"image/png"
	"slices"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"
	"github.com/pquerna/otp/totp"

	"kipmonitor/internal/problem"
)

// ChangePassword sets a new password of a person who knows the old one, and ends the
// other sessions.
func (s *Service) ChangePassword(ctx context.Context, email, old, password, session string, from Origin) error {
	if err := s.confirm(ctx, email, old, from); err != nil {
		return err
	}
	if _, err := s.change(ctx, email, email, func(one *Account) error {
		if err := checkPassword(password, *one, s.words); err != nil {
			return err
		}
		one.Password = hashPassword(password)
		return nil
	}); err != nil {
		return err
	}
	return s.EndSessions(ctx, email, session)
}

// confirm asks a person who is logged in for the password again.
func (s *Service) confirm(ctx context.Context, email, password string, from Origin) error {
	if err := s.admit(email, from.Address); err != nil {
		return err
	}
	one, err := s.Account(ctx, email)
	if err != nil {
		return err
	}
	if one.Password == "" {
		return problem.New(problem.Conflict, "account_external", nil)
	}
	right, err := s.verify(ctx, one.Password, password)
	if err != nil {
		return err
	}
	if !right {
		return problem.New(problem.Invalid, "password_wrong", nil)
	}
	s.byAddress.succeeded(neighbourhood(from.Address))
	s.byAccount.reset(s.familiar.name(email, from.Address))
	return nil
}

// Factor is a second factor that is being set up.
type Factor struct {
	Secret string // as people type it into their device
	Image  string // the same as a picture, for an address of an image (data:)
	Sealed string // to be brought back with the first code
}

const (
	factorPurpose = "factor of "
	setupPurpose  = "setup of a factor of "
	codeStep      = 30 // seconds
	codeLength    = otp.DigitsSix
)

// NewFactor makes the secret of a second factor. It counts once its first code was
// shown.
func (s *Service) NewFactor(email string) (Factor, error) {
	key, err := totp.Generate(totp.GenerateOpts{Issuer: s.issuer, AccountName: email, SecretSize: 20})
	if err != nil {
		return Factor{}, err
	}
	return s.factor(email, key)
}

// SameFactor is the factor of a form that came back with a wrong code.
func (s *Service) SameFactor(email, sealed string) (Factor, error) {
	address, err := s.sealer.open(setupPurpose+email, sealed)
	if err != nil {
		return Factor{}, problem.New(problem.Invalid, "code_wrong", nil).Because(err)
	}
	key, err := otp.NewKeyFromURL(address)
	if err != nil {
		return Factor{}, err
	}
	return s.factor(email, key)
}

func (s *Service) factor(email string, key *otp.Key) (Factor, error) {
	image, err := key.Image(240, 240)
	if err != nil {
		return Factor{}, err
	}
	var buffer bytes.Buffer
	if err := png.Encode(&buffer, image); err != nil {
		return Factor{}, err
	}
	return Factor{
		Secret: key.Secret(), Image: "data:image/png;base64," + base64.StdEncoding.EncodeToString(buffer.Bytes()),
		Sealed: s.sealer.seal(setupPurpose+email, key.URL()),
	}, nil
}

// TurnOnFactor makes a second factor count, shown its first code, and returns the
// recovery codes, which are shown once.
func (s *Service) TurnOnFactor(ctx context.Context, email, sealed, code string) (recovery []string, err error) {
	factor, err := s.SameFactor(email, sealed)
	if err != nil {
		return nil, err
	}
	recovery, hashes := newRecovery()
	_, err = s.change(ctx, email, email, func(one *Account) error {
		if one.Password == "" {
			return problem.New(problem.Conflict, "account_external", nil)
		}
		if one.Factor != "" {
			// A page to set one up that lay open since before: turning the factor off asks
			// for the password, and so must replacing it.
			return problem.New(problem.Forbidden, "form_stale", nil)
		}
		step, right := s.step(factor.Secret, code, one.FactorStep)
		if !right {
			return problem.New(problem.Invalid, "code_wrong", nil)
		}
		one.Factor, one.FactorStep, one.Recovery = s.sealer.seal(factorPurpose+email, factor.Secret), step, hashes
		return nil
	})
	if err != nil {
		return nil, err
	}
	return recovery, nil
}

// TurnOffFactor turns the second factor off, once the password was given again.
func (s *Service) TurnOffFactor(ctx context.Context, email, password string, from Origin) error {
	if err := s.confirm(ctx, email, password, from); err != nil {
		return err
	}
	return s.RemoveFactor(ctx, email, email)
}

// RemoveFactor turns the second factor of a person off who has lost it.
func (s *Service) RemoveFactor(ctx context.Context, email, by string) error {
	_, err := s.change(ctx, email, by, func(one *Account) error {
		one.Factor, one.Recovery = "", nil
		return nil
	})
	return err
}

// NewRecovery replaces the recovery codes, once the password was given again.
func (s *Service) NewRecovery(ctx context.Context, email, password string, from Origin) ([]string, error) {
	if err := s.confirm(ctx, email, password, from); err != nil {
		return nil, err
	}
	codes, hashes := newRecovery()
	_, err := s.change(ctx, email, email, func(one *Account) error {
		if one.Factor == "" {
			return problem.New(problem.Conflict, "factor_off", nil)
		}
		one.Recovery = hashes
		return nil
	})
	if err != nil {
		return nil, err
	}
	return codes, nil
}

// useCode uses a code of the second factor up: a one-time code counts once, and none
// before it; so does a recovery code.
func (s *Service) useCode(one *Account, code string) bool {
	if one.Factor == "" {
		return false
	}
	code = strings.ToUpper(strings.NewReplacer(" ", "", "-", "", "\u00a0", "").Replace(code))
	if len(code) == codeLength.Length() {
		secret, err := s.sealer.open(factorPurpose+one.Email, one.Factor)
		if err != nil {
			return false
		}
		step, right := s.step(secret, code, one.FactorStep)
		if right {
			one.FactorStep = step
		}
		return right
	}
	i := slices.Index(one.Recovery, fingerprint(code))
	if len(code) != recoveryLength || i < 0 {
		return false
	}
	one.Recovery = slices.Delete(one.Recovery, i, i+1)
	return true
}

// step returns the time step of a code, at most one before or after the present one
// and later than the last that was used.
func (s *Service) step(secret, code string, last int64) (int64, bool) {
	now := s.now().Unix() / codeStep
	for _, step := range []int64{now, now - 1, now + 1} {
		want, err := hotp.GenerateCodeCustom(secret, uint64(step), hotp.ValidateOpts{Digits: codeLength, Algorithm: otp.AlgorithmSHA1})
		if err == nil && step > last && subtle.ConstantTimeCompare([]byte(want), []byte(strings.TrimSpace(code))) == 1 {
			return step, true
		}
	}
	return 0, false
}

// A recovery code has 80 random bits, in 16 letters and digits.
const (
	recoveryCodes  = 10
	recoveryLength = 16
)

// newRecovery returns recovery codes as people read them, and their hashes.
func newRecovery() (codes, hashes []string) {
	for range recoveryCodes {
		var bytes [10]byte
		_, _ = rand.Read(bytes[:]) // never fails
		code := base32.StdEncoding.EncodeToString(bytes[:])
		codes = append(codes, code[:4]+"-"+code[4:8]+"-"+code[8:12]+"-"+code[12:])
		hashes = append(hashes, fingerprint(code))
	}
	return codes, hashes
}

// NewToken makes a token for a machine, which is shown once. Its rights are some of its
// owner's.
func (s *Service) NewToken(ctx context.Context, owner Viewer, label string, scopes []Right, life time.Duration) (token string, err error) {
	label = strings.TrimSpace(label)
	switch {
	case label == "" || len(label) > maxText:
		return "", problem.New(problem.Invalid, "token_label", nil)
	case len(scopes) == 0 || slices.ContainsFunc(scopes, func(right Right) bool { return !owner.May(right) || !MachineRight(right) }):
		return "", problem.New(problem.Invalid, "token_scopes", nil)
	case life <= 0 || life > TokenLimit:
		return "", problem.New(problem.Invalid, "token_life", nil)
	}
	return s.issue(ctx, Pass{Kind: Token, Email: owner.Email, Label: label, Scopes: scopes}, life)
}

// MachineRight reports whether a machine may be given a right: all but the keeping of
// accounts.
func MachineRight(right Right) bool { return right != KeepAccounts }

// Rights returns the rights of the role.
func (r Role) Rights() []Right { return slices.Clone(rights[r]) }

// Tokens returns the tokens of a person that are still good, the latest first.
func (s *Service) Tokens(ctx context.Context, email string) ([]Pass, error) {
	return s.passes(ctx, email, Token)
}

// Revoke ends a token.
func (s *Service) Revoke(ctx context.Context, email, id string) error {
	return s.end(ctx, email, func(one Pass) bool { return one.Kind == Token && one.ID == id })
}
