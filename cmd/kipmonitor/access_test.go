package main

import (
	"strings"
	"testing"
)

// With demo data anybody is let in: nothing may lead there from another machine.
func TestDemoDataAreNotServedToOtherMachines(t *testing.T) {
	app := withDemoAccounts(t)
	if a, err := newAccess(t.Context(), app, false); err != nil || !a.demo {
		t.Errorf("on this machine: %+v, %v", a, err)
	}
	if _, err := newAccess(t.Context(), app, true); err == nil || !strings.Contains(err.Error(), "--behind-proxy") {
		t.Errorf("behind a proxy: %v", err)
	}
	for _, address := range []string{"https://kip.example.ch", "http://localhost:8080"} {
		t.Setenv("KIPMONITOR_PUBLIC_URL", address)
		if _, err := newAccess(t.Context(), app, false); err == nil || !strings.Contains(err.Error(), "KIPMONITOR_PUBLIC_URL") {
			t.Errorf("%s: %v", address, err)
		}
	}
	t.Run("roles that need a second factor are known", func(t *testing.T) {
		if err := requireFactors(app, "coordination, boss"); err == nil || !strings.Contains(err.Error(), "boss") {
			t.Errorf("an unknown role: %v", err)
		}
		for _, text := range []string{"", "none", "coordination,sender"} {
			if err := requireFactors(app, text); err != nil {
				t.Errorf("%q: %v", text, err)
			}
		}
	})
}

func withDemoAccounts(t *testing.T) *app {
	t.Helper()
	o := options{data: t.TempDir()}
	app, err := o.open(t.Context())
	must(t, err)
	t.Cleanup(func() { _ = app.close() })
	must(t, app.ensureDemoAccounts(t.Context()))
	return app
}
