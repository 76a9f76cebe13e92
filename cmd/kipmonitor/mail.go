package main

import (
	"os"

	"kipmonitor/internal/mail"
	"kipmonitor/internal/programme"
)

// newMail returns the sender of reminders that the environment names; nil for none.
// Demo data send nothing, whatever it says; what is wrong is said all the same.
func newMail(p *programme.Programme) (*mail.Sender, error) {
	address, from := os.Getenv("KIPMONITOR_SMTP"), os.Getenv("KIPMONITOR_MAIL_FROM")
	switch {
	case address == "" && from == "":
		return nil, nil
	case address == "" || from == "":
		return nil, newFault("half_mail", nil)
	}
	sender, err := mail.New(address, from)
	if err != nil || p.Demo {
		return nil, err
	}
	return sender, nil
}
