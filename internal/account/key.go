package account

import (
	"context"
	"fmt"
)

// ForeignKey is the error of a key that does not open what was sealed for an account.
type ForeignKey struct{ Email string }

func (e ForeignKey) Error() string {
	return fmt.Sprintf("the key does not open the one-time codes of %s", e.Email)
}

// CheckKey tries the key on what was sealed with it. It returns a ForeignKey where that
// was another key.
func (s *Service) CheckKey(ctx context.Context) error {
	all, err := s.records.Accounts(ctx)
	if err != nil {
		return err
	}
	for _, a := range all {
		if a.Factor == "" {
			continue
		}
		if _, err := s.sealer.open(factorPurpose+a.Email, a.Factor); err != nil {
			return ForeignKey{a.Email}
		}
	}
	return nil
}
