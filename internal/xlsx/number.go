package xlsx

import (
	"bytes"
	"io"
	"math"
	"strconv"
	"strings"
	"time"
)

// numberKind is what a number format makes of a number.
type numberKind uint8

const (
	plainNumber numberKind = iota
	percentNumber
	percentSign // the sign is only written behind the number
	dateNumber
	timeNumber // of a day
	spanNumber // hours may be more than 24
)

// maxStyleCount is how many cell formats Excel allows, rounded up.
const maxStyleCount = 1 << 17

// readStyles returns the kind of each cell format, in their order.
func readStyles(reader io.Reader) ([]numberKind, error) {
	custom := map[int]numberKind{}
	var kinds []numberKind
	inFormats := false
	t := newTokens(reader)
	err := t.each(func(found token) error {
		switch {
		case found == textToken:
		case string(t.name) == "cellXfs":
			inFormats = found == startToken
		case found == endToken:
		case string(t.name) == "numFmt":
			id, err := strconv.Atoi(t.attribute("numFmtId"))
			if err == nil && len(custom) < maxStyleCount {
				custom[id] = kindOfFormat(t.attribute("formatCode"))
			}
		case string(t.name) == "xf" && inFormats:
			if len(kinds) >= maxStyleCount {
				return TooLarge
			}
			id, _ := strconv.Atoi(t.attribute("numFmtId"))
			kind, known := custom[id]
			if !known {
				kind = builtIn(id)
			}
			kinds = append(kinds, kind)
		}
		return nil
	})
	return kinds, err
}

// builtIn is the kind of the number formats that stand in no file (ECMA-376 part 1,
// 18.8.30).
func builtIn(id int) numberKind {
	switch {
	case id == 9 || id == 10:
		return percentNumber
	case id >= 14 && id <= 17, id == 22, id >= 27 && id <= 31, id == 36, id >= 50 && id <= 54, id == 57, id == 58:
		return dateNumber
	case id >= 18 && id <= 21, id >= 32 && id <= 35, id == 45, id == 47, id == 55, id == 56:
		return timeNumber
	case id == 46:
		return spanNumber
	}
	return plainNumber
}

// kindOfFormat reads a number format such as «dd.mm.yyyy;@». What stands in quotes
// or behind a backslash is shown as it is; what stands in square brackets is a
// colour, a condition or a language, or hours beyond 24.
func kindOfFormat(format string) numberKind {
	day, clock, percent, sign := false, false, false, false
	for i := 0; i < len(format); i++ {
		switch c := format[i]; c {
		case '"':
			end := strings.IndexByte(format[i+1:], '"')
			if end < 0 {
				return plainNumber
			}
			sign = sign || strings.Contains(format[i+1:i+1+end], "%")
			i += end + 1
		case '\\':
			i++
			sign = sign || i < len(format) && format[i] == '%'
		case '_', '*':
			i++
		case '[':
			end := strings.IndexByte(format[i:], ']')
			if end < 0 {
				return plainNumber
			}
			if inside := strings.ToLower(format[i+1 : i+end]); inside != "" && strings.Trim(inside, inside[:1]) == "" && strings.Contains("hms", inside[:1]) {
				return spanNumber
			}
			i += end
		case ';':
			i = len(format) // the first section is that of positive numbers
		case 'y', 'Y', 'd', 'D':
			day = true
		case 'h', 'H', 's', 'S':
			clock = true
		case 'm', 'M':
			// Minutes beside hours or seconds, otherwise months.
			day = day || !strings.ContainsAny(strings.ToLower(format), "hs")
		case '%':
			percent = true
		case 'G', 'g':
			if len(format)-i >= len("General") && strings.EqualFold(format[i:i+len("General")], "General") {
				i += len("General") - 1
			}
		}
	}
	switch {
	case day:
		return dateNumber
	case clock:
		return timeNumber
	case percent:
		return percentNumber
	case sign:
		return percentSign
	}
	return plainNumber
}

// appendNumber appends a number as the rest reads it: a day as 2025-12-31, a share
// as 85%, any other as its digits. Excel keeps 15 significant digits.
func appendNumber(to, text []byte, kind numberKind, since1904 bool) []byte {
	if kind == plainNumber && isPlain(text) {
		return append(to, text...)
	}
	value, err := strconv.ParseFloat(string(bytes.TrimSpace(text)), 64)
	if err != nil || math.IsInf(value, 0) || math.IsNaN(value) || bytes.ContainsAny(text, "xX") {
		return append(to, text...)
	}
	switch kind {
	case dateNumber:
		if moment, ok := dayOfSerial(value, since1904); ok {
			to = moment.AppendFormat(to, "2006-01-02")
			if moment.Hour() != 0 || moment.Minute() != 0 || moment.Second() != 0 {
				to = moment.AppendFormat(to, " 15:04:05")
			}
			return to
		}
	case timeNumber, spanNumber:
		if value >= 0 && value < 1e6 && (kind == spanNumber || value < 1) {
			seconds := int(math.Round(value * 86400))
			to = strconv.AppendInt(to, int64(seconds/3600), 10)
			return append(to, ':', byte('0'+seconds/600%6), byte('0'+seconds/60%10), ':', byte('0'+seconds/10%6), byte('0'+seconds%10))
		}
		if moment, ok := dayOfSerial(value, since1904); ok && kind == timeNumber {
			return moment.AppendFormat(to, "2006-01-02 15:04:05")
		}
	case percentSign:
		return append(appendDecimal(to, value), '%')
	case percentNumber:
		// Shares are kept to a hundredth of a percent: a computed third is 33.33 %.
		if math.Abs(value) < 1e9 {
			value = math.Round(math.Abs(value)*10_000)/10_000*math.Copysign(1, value) + 0
			return append(appendDecimal(to, value*100), '%')
		}
	}
	return appendDecimal(to, value)
}

// isPlain reports whether a number can stay as it is written: digits with at most
// one point, fifteen at most, and not three of them behind the point.
func isPlain(text []byte) bool {
	point, digits := -1, 0
	for i, c := range text {
		switch {
		case c >= '0' && c <= '9':
			digits++
		case c == '.' && point < 0:
			point = i
		case c == '-' && i == 0:
		default:
			return false
		}
	}
	return digits > 0 && digits <= 15 && (point < 0 || len(text)-point-1 != 3)
}

// appendDecimal appends a number in digits, rounded to 15 significant ones. Three
// digits behind the point get a zero: 1.234 in a cell of Excel is no thousand.
func appendDecimal(to []byte, value float64) []byte {
	if value == 0 {
		return append(to, '0')
	}
	if magnitude := math.Abs(value); magnitude >= 1e30 || magnitude < 1e-30 {
		return strconv.AppendFloat(to, value, 'E', 14, 64)
	}
	var scratch [40]byte
	rounded, err := strconv.ParseFloat(string(strconv.AppendFloat(scratch[:0], value, 'e', 14, 64)), 64)
	if err != nil {
		rounded = value
	}
	start := len(to)
	to = strconv.AppendFloat(to, rounded, 'f', -1, 64)
	if point := bytes.IndexByte(to[start:], '.'); point >= 0 && len(to)-start-point-1 == 3 {
		to = append(to, '0')
	}
	return to
}

// dayOfSerial is the moment of a serial number: days since the end of 1899, with a
// 29 February 1900 that never was, or since 1904.
func dayOfSerial(value float64, since1904 bool) (time.Time, bool) {
	if value < 0 || value >= 2_958_466 { // 10000-01-01
		return time.Time{}, false
	}
	days, fraction := math.Modf(value)
	start := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	switch {
	case since1904:
		start = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
	case days < 60:
		start = start.AddDate(0, 0, 1)
	}
	return start.AddDate(0, 0, int(days)).Add(time.Duration(math.Round(fraction*86400)) * time.Second), true
}
