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
// other sessions and the tokens: whoever had the old one may have made some.
func (s *Service) ChangePassword(ctx context.Context, by Viewer, old, password, session string) error {
	if err := s.confirm(ctx, by, old); err != nil {
		return err
	}
	if _, err := s.change(ctx, by.Email, by, PasswordChanged, "", func(one *Account) error {
		if err := checkPassword(password, *one, s.words); err != nil {
			return err
		}
		one.Password = hashPassword(password)
		return nil
	}); err != nil {
		return err
	}
	return s.end(ctx, by.Email, func(pass Pass) bool { return pass.Kind != Invitation && pass.Kind != Reset && pass.ID != session })
}

// confirmedFor is how long after a log in elsewhere somebody may do what asks others for
// their password.
const confirmedFor = 10 * time.Minute

// reassure asks a person for the password again before a way in is made that lasts. Who
// has none here must have logged in elsewhere a moment ago; accounts of the demo data
// have nothing to give.
func (s *Service) reassure(ctx context.Context, by Viewer, password, session string) error {
	one, err := s.Account(ctx, by.Email)
	if err != nil {
		return err
	}
	switch {
	case one.Password != "":
		return s.confirm(ctx, by, password)
	case IsDemo(one.Email):
		return nil
	}
	pass, found, err := s.records.Pass(ctx, session)
	if err != nil {
		return err
	}
	if age := s.now().Sub(pass.Issued); !found || age < 0 || age > confirmedFor {
		return problem.New(problem.Conflict, "login_again", nil)
	}
	return nil
}

// confirm asks a person who is logged in for the password again.
func (s *Service) confirm(ctx context.Context, by Viewer, password string) error {
	email := by.Email
	if err := s.admit(email, by.Address); err != nil {
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
	s.succeeded(email, by.Address)
	s.byAccount.reset(s.familiar.name(email, by.Address))
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

// TurnOnFactor makes a second factor count, given the password again and its first code,
// and returns the recovery codes, which are shown once.
func (s *Service) TurnOnFactor(ctx context.Context, by Viewer, password, sealed, code string) (recovery []string, err error) {
	if err := s.confirm(ctx, by, password); err != nil {
		return nil, err
	}
	return s.turnOnFactor(ctx, by, sealed, code)
}

func (s *Service) turnOnFactor(ctx context.Context, by Viewer, sealed, code string) (recovery []string, err error) {
	email := by.Email
	factor, err := s.SameFactor(email, sealed)
	if err != nil {
		return nil, err
	}
	recovery, hashes := newRecovery()
	_, err = s.change(ctx, email, by, FactorOn, "", func(one *Account) error {
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

// TurnOffFactor turns the second factor off, once the password was given again. A role
// that must have one keeps it.
func (s *Service) TurnOffFactor(ctx context.Context, by Viewer, password string) error {
	if err := s.confirm(ctx, by, password); err != nil {
		return err
	}
	return s.withoutFactor(ctx, by.Email, by, func(one Account) error {
		if s.mustHaveFactor(one) {
			return problem.New(problem.Conflict, "factor_required", nil)
		}
		return nil
	})
}

// RemoveFactor turns the second factor of a person off who has lost it, and ends the
// sessions and tokens: whoever found it may have made some.
func (s *Service) RemoveFactor(ctx context.Context, by Viewer, email string) error {
	if err := s.withoutFactor(ctx, email, by, func(Account) error { return nil }); err != nil {
		return err
	}
	return s.end(ctx, email, func(pass Pass) bool { return !isLink(pass) })
}

func (s *Service) withoutFactor(ctx context.Context, email string, by Viewer, check func(Account) error) error {
	_, err := s.change(ctx, email, by, FactorOff, "", func(one *Account) error {
		one.Factor, one.Recovery = "", nil
		return check(*one)
	})
	return err
}

// NewRecovery replaces the recovery codes, once the password was given again.
func (s *Service) NewRecovery(ctx context.Context, by Viewer, password string) ([]string, error) {
	if err := s.confirm(ctx, by, password); err != nil {
		return nil, err
	}
	codes, hashes := newRecovery()
	_, err := s.change(ctx, by.Email, by, RecoveryRenewed, "", func(one *Account) error {
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

// Wish is what somebody wants of a new token.
type Wish struct {
	Label  string
	Scopes []Right
	Life   time.Duration
}

// NewToken makes a token for a machine, which is shown once, given the password again.
// Its rights are some of its owner's.
func (s *Service) NewToken(ctx context.Context, owner Viewer, wish Wish, password, session string) (token string, err error) {
	wish.Label = strings.TrimSpace(wish.Label)
	switch {
	case !readable(wish.Label):
		return "", problem.New(problem.Invalid, "name_control", nil)
	case wish.Label == "" || len(wish.Label) > maxText:
		return "", problem.New(problem.Invalid, "token_label", nil)
	case len(wish.Scopes) == 0 || slices.ContainsFunc(wish.Scopes, func(right Right) bool { return !owner.May(right) || !MachineRight(right) }):
		return "", problem.New(problem.Invalid, "token_scopes", nil)
	case wish.Life <= 0 || wish.Life > TokenLimit:
		return "", problem.New(problem.Invalid, "token_life", nil)
	}
	if err := s.reassure(ctx, owner, password, session); err != nil {
		return "", err
	}
	if err := s.record(ctx, owner, TokenIssued, owner.Email, wish.Label); err != nil {
		return "", err
	}
	return s.issue(ctx, Pass{Kind: Token, Email: owner.Email, Label: wish.Label, Scopes: wish.Scopes, Address: owner.Address}, wish.Life)
}

// machineRights are those that the interface for programs uses; a token with another
// would open nothing more.
var machineRights = []Right{SendFigures, ReadFigures, ReadDeliveries}

// MachineRight reports whether a machine may be given a right.
func MachineRight(right Right) bool { return slices.Contains(machineRights, right) }

// Rights returns the rights of the role.
func (r Role) Rights() []Right { return slices.Clone(rights[r]) }

// Tokens returns the tokens of a person that are still good, the latest first.
func (s *Service) Tokens(ctx context.Context, email string) ([]Pass, error) {
	return s.passes(ctx, email, Token)
}

// Revoke ends a token of a person.
func (s *Service) Revoke(ctx context.Context, by Viewer, email, id string) error {
	return s.endRecorded(ctx, email, func(pass Pass) bool { return pass.Kind == Token && pass.ID == id }, func() error {
		return s.record(ctx, by, TokenRevoked, email, shortID(id))
	})
}

// shortID is as much of an id as tells it from others in the audit.
func shortID(id string) string { return id[:min(len(id), 12)] }
