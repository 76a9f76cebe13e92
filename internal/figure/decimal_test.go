package figure

import (
	"encoding/json"
	"errors"
	"math"
	"math/big"
	"testing"

	"go.yaml.in/yaml/v3"
)

func TestDecimalsAreReadAndWrittenExactly(t *testing.T) {
	for _, c := range []struct {
		text string
		want Decimal
	}{
		{"0", 0},
		{"12.5", 125_000},
		{"-3", -30_000},
		{"0.0001", 1},
		{"-0.05", -500},
		{"922337203685477.5807", math.MaxInt64},
		{"-922337203685477.5808", math.MinInt64},
	} {
		got, err := ParseDecimal(c.text)
		if err != nil || got != c.want {
			t.Errorf("ParseDecimal(%q) = %d, %v; want %d", c.text, got, err, c.want)
		}
		if c.want.String() != c.text {
			t.Errorf("Decimal(%d).String() = %q, want %q", c.want, c.want, c.text)
		}
	}
}

func TestZerosThatSayNothingAreReadAndNotWritten(t *testing.T) {
	for text, want := range map[string]string{"007": "7", "1.50": "1.5", "2.0000": "2", "-0": "0", "-0.0": "0"} {
		if got, err := ParseDecimal(text); err != nil || got.String() != want {
			t.Errorf("%q is written %q (%v), want %q", text, got, err, want)
		}
	}
}

func TestWhatIsNoDecimalIsRefused(t *testing.T) {
	for _, text := range []string{"", "-", ".", "1.", ".5", "+1", "--1", "1e3", "1'000", "1,5", " 1", "1 ", "1.23456", "0x10", "1_000", "１", "NaN", "1.2.3", "1.-2"} {
		if got, err := ParseDecimal(text); err == nil {
			t.Errorf("%q was read as %s", text, got)
		}
	}
	for _, text := range []string{"922337203685477.5808", "-922337203685477.5809", "99999999999999999999", "922337203685478"} {
		if _, err := ParseDecimal(text); !errors.Is(err, ErrRange) {
			t.Errorf("%q: error %v, want out of range", text, err)
		}
	}
}

func FuzzParseDecimal(f *testing.F) {
	for _, text := range []string{"0", "-12.3456", "1.", "922337203685477.5807", "-922337203685477.5808", "007", "1e5", "٣"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d, err := ParseDecimal(text)
		if err != nil {
			return
		}
		again, err := ParseDecimal(d.String())
		if err != nil || again != d {
			t.Errorf("%q is %q, and that is read as %q (%v)", text, d, again, err)
		}
		want, ok := new(big.Rat).SetString(text)
		if !ok || want.Mul(want, big.NewRat(one, 1)).Cmp(new(big.Rat).SetInt64(int64(d))) != 0 {
			t.Errorf("%q is read as %s", text, d)
		}
	})
}

func TestASumThatDoesNotFitIsRefused(t *testing.T) {
	for _, c := range []struct {
		a, b Decimal
		want Decimal
		fits bool
	}{
		{Whole(2), Whole(3), Whole(5), true},
		{Whole(2), Whole(-3), Whole(-1), true},
		{0, 0, 0, true},
		{math.MaxInt64, 0, math.MaxInt64, true},
		{math.MaxInt64 - 1, 1, math.MaxInt64, true},
		{math.MaxInt64, 1, 0, false},
		{math.MinInt64, -1, 0, false},
		{math.MinInt64, math.MaxInt64, -1, true},
		{math.MinInt64, math.MinInt64, 0, false},
		{math.MaxInt64, math.MaxInt64, 0, false},
	} {
		got, err := c.a.Add(c.b)
		if (err == nil) != c.fits || got != c.want {
			t.Errorf("%s + %s = %s, %v; want %s", c.a, c.b, got, err, c.want)
		}
		if !c.fits && !errors.Is(err, ErrRange) {
			t.Errorf("%s + %s: error %v, want out of range", c.a, c.b, err)
		}
	}
}

func FuzzAdd(f *testing.F) {
	f.Add(int64(1), int64(-1))
	f.Add(int64(math.MaxInt64), int64(1))
	f.Add(int64(math.MinInt64), int64(-1))
	f.Fuzz(func(t *testing.T, a, b int64) {
		want := new(big.Int).Add(big.NewInt(a), big.NewInt(b))
		got, err := Decimal(a).Add(Decimal(b))
		if (err == nil) != want.IsInt64() || (err == nil && int64(got) != want.Int64()) {
			t.Errorf("%d + %d = %d, %v; want %s", a, b, got, err, want)
		}
	})
}

func TestFloatsAreRoundedToTheNearestDecimal(t *testing.T) {
	for _, c := range []struct {
		f    float64
		want string
	}{{0.925, "0.925"}, {1.0 / 3, "0.3333"}, {2.0 / 3, "0.6667"}, {-2.0 / 3, "-0.6667"}, {0.00004, "0"}, {12345678.9, "12345678.9"}} {
		if got, err := FromFloat(c.f); err != nil || got.String() != c.want {
			t.Errorf("FromFloat(%g) = %s, %v; want %s", c.f, got, err, c.want)
		}
	}
	for _, f := range []float64{math.NaN(), math.Inf(1), math.Inf(-1), 1e300, -1e15, math.MaxInt64 / one * 2} {
		if got, err := FromFloat(f); !errors.Is(err, ErrRange) {
			t.Errorf("FromFloat(%g) = %s, %v; want out of range", f, got, err)
		}
	}
	if got := Decimal(125_000).Float(); got != 12.5 {
		t.Errorf("Float() = %g, want 12.5", got)
	}
}

func TestOnlyCountsAreWhole(t *testing.T) {
	for d, want := range map[Decimal]bool{0: true, Whole(7): true, Whole(-7): true, 1: false, 70_001: false, -5_000: false} {
		if d.IsWhole() != want {
			t.Errorf("%s is whole: %v, want %v", d, d.IsWhole(), want)
		}
	}
}

func TestAWholeNumberOutOfRangePanics(t *testing.T) {
	if Whole(922_337_203_685_477) <= 0 || Whole(-922_337_203_685_477) >= 0 {
		t.Error("the largest whole numbers do not fit")
	}
	defer func() {
		if recover() == nil {
			t.Error("a number beyond the range was accepted")
		}
	}()
	Whole(922_337_203_685_478)
}

func TestDecimalsTravelInJSONAsExactText(t *testing.T) {
	text, err := json.Marshal(map[string]Decimal{"value": 9_007_199_254_740_993})
	if err != nil || string(text) != `{"value":"900719925474.0993"}` {
		t.Errorf("JSON %s, %v", text, err)
	}
	var back map[string]Decimal
	if err := json.Unmarshal(text, &back); err != nil || back["value"] != 9_007_199_254_740_993 {
		t.Errorf("read back as %v, %v", back, err)
	}
	if err := json.Unmarshal([]byte(`{"value":"many"}`), &back); err == nil {
		t.Error("a word was read as a decimal")
	}
}

func TestAWrongDecimalInYAMLIsReportedWithItsLineAndHidesNothing(t *testing.T) {
	var read struct {
		A, B, C, D Decimal
		E          *Decimal
	}
	err := yaml.Unmarshal([]byte("a: 0.95\nb: 0,95\nc: [1]\nd: 7\ne: -1.5\n"), &read)
	want := "yaml: unmarshal errors:\n  line 2: cannot unmarshal !!str `0,95` into struct {}\n  line 3: cannot unmarshal !!seq into string"
	if err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
	if read.A != 9500 || read.D != Whole(7) || read.E == nil || *read.E != -15_000 {
		t.Errorf("read %+v", read)
	}
}

func TestProductsAreExactToTheNearestTenThousandth(t *testing.T) {
	for _, c := range []struct{ a, b, want string }{
		{"12.5", "0.3", "3.75"}, {"-12.5", "0.3", "-3.75"}, {"-2", "-3", "6"}, {"0", "-7", "0"},
		{"0.0001", "0.5", "0.0001"}, {"-0.0001", "0.5", "-0.0001"}, {"0.0001", "0.4999", "0"},
		{"900000000000", "1000", "900000000000000"}, {"922337203685477.5807", "1", "922337203685477.5807"},
		{"922337203685477.5807", "1.0001", "too large"}, {"900000000000", "900000000000", "too large"}, {"-922337203685477.5808", "2", "too large"},
	} {
		a, _ := ParseDecimal(c.a)
		b, _ := ParseDecimal(c.b)
		product, err := a.Times(b)
		got := product.String()
		if errors.Is(err, ErrRange) {
			got = "too large"
		}
		if got != c.want {
			t.Errorf("%s × %s = %s, want %s", c.a, c.b, got, c.want)
		}
	}
}
