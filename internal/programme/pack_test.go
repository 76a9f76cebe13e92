package programme_test

import (
	"archive/zip"
	"bytes"
	"slices"
	"testing"

	"kipmonitor/internal/programme"
	"kipmonitor/seed"
)

func TestAPackedDefinitionIsTheSameDefinition(t *testing.T) {
	want, err := programme.Load(seed.Files)
	if err != nil {
		t.Fatal(err)
	}
	packed, err := want.Pack()
	if err != nil {
		t.Fatal(err)
	}
	files, err := zip.NewReader(bytes.NewReader(packed), int64(len(packed)))
	if err != nil {
		t.Fatal(err)
	}
	got, err := programme.Load(files)
	if err != nil {
		t.Fatal(err)
	}
	if got.Fingerprint != want.Fingerprint {
		t.Errorf("fingerprint %s, want %s", got.Fingerprint, want.Fingerprint)
	}
	// The parameters of the demo data are no part of it, and nobody's business.
	if slices.ContainsFunc(files.File, func(file *zip.File) bool { return file.Name == "demo.yaml" }) {
		t.Error("the pack holds demo.yaml")
	}
	if again, err := got.Pack(); err != nil || !bytes.Equal(again, packed) {
		t.Errorf("the second pack has other bytes (%v)", err)
	}
}
