package locale

import (
	"embed"
	"fmt"
	"slices"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"

	"kipmonitor/internal/figure"
)

// One file a subject, each key with its four languages side by side, so that a
// missing translation is seen where it is missing.
//
//go:embed messages/*.yaml
var messageFiles embed.FS

// Args are the values that stand in a message, by name. A string stands as it
// is; int, figure.Decimal and figure.Period are written in the language of the
// message; a Text is read in it.
type Args map[string]any

// Say returns the message of a key in the language, with {name} replaced by the
// argument of that name. An unknown key is returned as it is, in brackets: a
// test holds that no page shows one.
func (l Language) Say(key string, args Args) string {
	text, known := messages()[key]
	if !known {
		return "[" + key + "]"
	}
	return l.Fill(text, args)
}

// Every returns the message of a key in the four languages.
func Every(key string, args Args) Text {
	return Text{DE: German.Say(key, args), FR: French.Say(key, args), IT: Italian.Say(key, args), EN: English.Say(key, args)}
}

// Fill returns a text in the language, with what stands in braces replaced:
//
//	{name}           the argument of that name
//	{name|row|rows}  the word that goes with the number of that name: «1 row», «2 rows»;
//	                 # in it is the number: {n|a row|# rows}
//	{de:name}        in French the argument after «de»: «d’Olten», «du Locle»
//
// What names no argument stands as it is.
func (l Language) Fill(text Text, args Args) string {
	rest := text.In(l)
	if len(args) == 0 {
		return rest
	}
	var filled strings.Builder
	for {
		before, after, found := strings.Cut(rest, "{")
		filled.WriteString(before)
		inside, behind, closed := strings.Cut(after, "}")
		if !found {
			return filled.String()
		}
		if word, known := l.place(inside, args); closed && known {
			filled.WriteString(word)
			rest = behind
			continue
		}
		filled.WriteString("{")
		rest = after
	}
}

// place returns what stands for the inside of a pair of braces, and whether it names
// an argument.
func (l Language) place(inside string, args Args) (string, bool) {
	if name, ok := strings.CutPrefix(inside, "de:"); ok {
		value, known := args[name]
		return de(l.write(value)), known
	}
	if name, forms, ok := strings.Cut(inside, "|"); ok {
		value, known := args[name]
		return l.form(value, strings.Split(forms, "|")), known
	}
	value, known := args[inside]
	return l.write(value), known
}

// Knows reports whether there is a message for a key.
func Knows(key string) bool {
	_, known := messages()[key]
	return known
}

// Keys returns the keys of all messages, sorted.
func Keys() []string {
	keys := make([]string, 0, len(messages()))
	for key := range messages() {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

func (l Language) write(value any) string {
	switch v := value.(type) {
	case string:
		return v
	case int:
		return l.Count(v)
	case figure.Decimal:
		places := 0
		if _, fraction, found := strings.Cut(v.String(), "."); found {
			places = len(fraction)
		}
		return l.Number(v, places)
	case figure.Period:
		return l.Period(v)
	case Text:
		return v.In(l)
	}
	return fmt.Sprint(value)
}

// messages is read once; the files are part of the program, so a fault in them
// is the programmer's and stops it. The package's test reads them too.
var messages = sync.OnceValue(func() map[string]Text {
	all := map[string]Text{}
	files, err := messageFiles.ReadDir("messages")
	if err != nil {
		panic(err)
	}
	for _, file := range files {
		content, err := messageFiles.ReadFile("messages/" + file.Name())
		if err != nil {
			panic(err)
		}
		var subject map[string]Text
		if err := yaml.Unmarshal(content, &subject); err != nil {
			panic(fmt.Sprintf("locale: %s: %v", file.Name(), err))
		}
		for key, text := range subject {
			if _, twice := all[key]; twice {
				panic(fmt.Sprintf("locale: %s: key %s stands in two files", file.Name(), key))
			}
			all[key] = text
		}
	}
	return all
})
