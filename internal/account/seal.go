package account

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
)

// sealer encrypts what must be read again and must not lie open: the secrets of
// one-time codes in the store, and what a browser keeps for us while somebody logs
// in elsewhere. The purpose is bound to what was sealed.
type sealer struct{ aead cipher.AEAD }

func newSealer(key []byte) (sealer, error) {
	if len(key) < 32 {
		return sealer{}, errors.New("the key of the accounts has fewer than 32 bytes")
	}
	derived, err := hkdf.Key(sha256.New, key, nil, "kipmonitor accounts", 32)
	if err != nil {
		return sealer{}, fmt.Errorf("derive the key of the accounts: %w", err)
	}
	block, err := aes.NewCipher(derived)
	if err != nil {
		return sealer{}, fmt.Errorf("derive the key of the accounts: %w", err)
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	return sealer{aead}, err
}

func (s sealer) seal(purpose, text string) string {
	return base64.RawURLEncoding.EncodeToString(s.aead.Seal(nil, nil, []byte(text), []byte(purpose)))
}

func (s sealer) open(purpose, sealed string) (string, error) {
	bytes, err := base64.RawURLEncoding.DecodeString(sealed)
	if err != nil {
		return "", fmt.Errorf("open %s: %w", purpose, err)
	}
	text, err := s.aead.Open(nil, nil, bytes, []byte(purpose))
	if err != nil {
		return "", fmt.Errorf("open %s: %w", purpose, err)
	}
	return string(text), nil
}

// NewKey returns a random key for the accounts.
func NewKey() []byte {
	key := make([]byte, 32)
	_, _ = rand.Read(key) // never fails
	return key
}
