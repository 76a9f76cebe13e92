package xlsx

import (
	"bytes"
	"math"
	"strconv"
	"strings"
	"time"
)

// builtIn is a number format that stands in no file (ECMA-376 part 1, 18.8.30). Those
// of accounts are written without the currency, which is that of whoever looks.
func builtIn(id int) *numberFormat {
	switch {
	case id == 9 || id == 10:
		return percentFormat
	case id >= 14 && id <= 17, id == 22, id >= 27 && id <= 31, id == 36, id >= 50 && id <= 54, id == 57, id == 58:
		if id == 22 {
			return momentFormat
		}
		return dateFormat
	case id >= 18 && id <= 21, id >= 32 && id <= 35, id == 45, id == 47, id == 55, id == 56:
		return timeFormat
	case id == 46:
		return spanFormat
	case id >= 41 && id <= 44:
		return accountFormat
	}
	return plainFormat
}

var (
	plainFormat   = parseFormat("General")
	percentFormat = parseFormat("0%")
	dateFormat    = parseFormat("yyyy-mm-dd")
	momentFormat  = parseFormat("yyyy-mm-dd hh:mm")
	timeFormat    = parseFormat("hh:mm")
	spanFormat    = parseFormat("[h]:mm:ss")
	accountFormat = parseFormat(`_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * "-"??_ ;_ @_ `)
)

// appendNumber appends a number as it is shown, as far as that changes what it says: a
// day as 2025-12-31, a share as 85%, with the texts of its format around it («5 Tsd.»,
// «<5»), any other as its digits. Excel keeps 15 significant digits. remark says what
// else is to be known of it, and is 0 where there is nothing; shown is how the cell
// looks where that is another number.
func appendNumber(to, text []byte, format *numberFormat, since1904 bool) (out []byte, remark RemarkKind, shown string) {
	if format.plain && isPlain(text) {
		return append(to, text...), 0, ""
	}
	value, err := strconv.ParseFloat(string(bytes.TrimSpace(text)), 64)
	if err != nil || math.IsInf(value, 0) || math.IsNaN(value) || bytes.ContainsAny(text, "xX") {
		return append(to, text...), 0, ""
	}
	s, negative := format.of(value)
	if !s.digits || value == 0 && !s.zero {
		return s.appendWithout(to, value)
	}
	before, behind := s.around(negative)
	switch {
	case len(s.infixes) > 0 || alters(before, behind):
		remark = Altered
	case before != "" || behind != "":
		remark = Dressed
	}
	if s.thousands > 0 {
		parts := math.Pow(1000, float64(s.thousands))
		shown = strings.TrimSpace(s.before + strconv.FormatFloat(value/parts, 'f', max(0, s.decimals), 64) + s.behind)
		return appendDecimal(to, value), Scaled, shown
	}
	to = append(to, before...)
	start := len(to)
	to = s.appendValue(to, text, value, since1904)
	if len(s.infixes) > 0 || remark != 0 && s.least > 1 {
		to = s.dress(to, start)
	}
	return append(to, behind...), remark, ""
}

// alters reports whether the texts around a number make another number of it.
func alters(before, behind string) bool {
	return strings.ContainsAny(before+behind, "0123456789") || strings.ContainsAny(before, "-−–(") || strings.HasPrefix(behind, "-") || strings.HasPrefix(behind, "−") || strings.HasPrefix(behind, "–")
}

// appendWithout appends a number of which no digit is shown. 0 in a format of accounts
// shows a dash: it is put between blanks, as Excel writes it into a CSV, for a dash that
// somebody has typed stands alone. Where nothing is shown at all, the number counts, and
// nobody sees it.
func (s *section) appendWithout(to []byte, value float64) ([]byte, RemarkKind, string) {
	text := strings.TrimSpace(s.before + s.behind)
	switch {
	case value == 0 && strings.Trim(text, "-–—−") != text:
		return append(append(append(to, ' '), text...), "  "...), 0, ""
	case value == 0 && text == "":
		return append(to, '0'), 0, ""
	case text == "":
		return appendDecimal(to, value), Unseen, ""
	}
	return append(to, text...), Dressed, ""
}

// appendValue appends the number itself.
func (s *section) appendValue(to, text []byte, value float64, since1904 bool) []byte {
	switch s.kind {
	case dateNumber:
		if moment, ok := dayOfSerial(value, since1904); ok {
			to = moment.AppendFormat(to, "2006-01-02")
			if moment.Hour() != 0 || moment.Minute() != 0 || moment.Second() != 0 {
				to = moment.AppendFormat(to, " 15:04:05")
			}
			return to
		}
	case timeNumber, spanNumber:
		if value >= 0 && value < 1e6 && (s.kind == spanNumber || value < 1) {
			seconds := int(math.Round(value * 86400))
			to = strconv.AppendInt(to, int64(seconds/3600), 10)
			return append(to, ':', byte('0'+seconds/600%6), byte('0'+seconds/60%10), ':', byte('0'+seconds/10%6), byte('0'+seconds%10))
		}
		if moment, ok := dayOfSerial(value, since1904); ok && s.kind == timeNumber {
			return moment.AppendFormat(to, "2006-01-02 15:04:05")
		}
	case percentNumber:
		// Shares are kept to a hundredth of a percent: a computed third is 33.33 %.
		if math.Abs(value) < 1e9 {
			value = math.Round(math.Abs(value)*10_000)/10_000*math.Copysign(1, value) + 0
			return append(appendDecimal(to, value*100), '%')
		}
	case plainNumber:
		if isPlain(text) {
			return append(to, text...)
		}
	}
	return appendDecimal(to, value)
}

// dress puts the texts between the digits of the number that begins at start, and
// zeros before it, as its format has them: «M-007».
func (s *section) dress(to []byte, start int) []byte {
	number := string(to[start:])
	to = to[:start]
	if number[0] == '-' {
		to, number = append(to, '-'), number[1:]
	}
	end := strings.IndexAny(number, ".E%")
	if end < 0 {
		end = len(number)
	}
	whole, rest := number[:end], number[end:]
	if missing := min(s.least, maxLeast) - len(whole); missing > 0 {
		whole = strings.Repeat("0", missing) + whole
	}
	for i := range len(whole) {
		for _, infix := range s.infixes {
			if infix.digits == len(whole)-i {
				to = append(to, infix.text...)
			}
		}
		to = append(to, whole[i])
	}
	return append(to, rest...)
}

// maxLeast bounds the zeros before a number.
const maxLeast = 30

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
// 29 February 1900 that never was, or since 1904. A moment before midnight stays on its
// day, unless it is the last half of a thousandth of a second, which only arithmetic
// leaves.
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
	seconds := math.Round(fraction * 86400)
	if seconds == 86400 && 86400-fraction*86400 > 0.0005 {
		seconds--
	}
	return start.AddDate(0, 0, int(days)).Add(time.Duration(seconds) * time.Second), true
}
