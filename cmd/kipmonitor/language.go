package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"

	"kipmonitor/internal/locale"
)

// spoken is the language of this run: a run of the command line speaks one. It is set
// before the command starts, and not changed.
var spoken = locale.German

// languageOf returns the language of a call: that of --language, else that of the
// environment as POSIX has it (the first of LC_ALL, LC_MESSAGES and LANG that is set),
// else German. What is wrong with --language is said with the other options.
func languageOf(args []string) locale.Language {
	for i, arg := range args {
		name, value, given := strings.Cut(strings.TrimLeft(arg, "-"), "=")
		if arg == "--" {
			break
		}
		if name != "language" || !strings.HasPrefix(arg, "-") {
			continue
		}
		if !given && i+1 < len(args) {
			value = args[i+1]
		}
		if language, known := locale.Parse(value); known {
			return language
		}
	}
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if text := os.Getenv(name); text != "" {
			code, _, _ := strings.Cut(text, "_")
			language, _ := locale.Parse(code)
			return language
		}
	}
	return locale.German
}

// say returns a message of the command line in the language of this run.
func say(key string, args locale.Args) string { return spoken.Say("command."+key, args) }

// fault is why a command is not done, for people.
type fault struct {
	text  locale.Text
	cause error
}

func (f *fault) Error() string { return f.text.In(spoken) }
func (f *fault) Unwrap() error { return f.cause }

// newFault returns a fault with the message of a key.
func newFault(key string, args locale.Args) error {
	return &fault{text: locale.Every("command."+key, args)}
}

// misused says how a command is called, and returns the exit code for that.
func misused(stderr io.Writer, command string) int {
	fmt.Fprintf(stderr, "%s: %s\n", say("call", nil), say("call."+command, nil))
	return 2
}

// astray says that a word belongs to no option: it may be one that lost its dashes.
func astray(stderr io.Writer, command, word string) int {
	fmt.Fprintf(stderr, "kipmonitor %s: %s\n", command, say("no_option", locale.Args{"text": word}))
	return 2
}

// optionFaults are the errors of the package flag, which has no types for them.
var optionFaults = []struct {
	key     string
	pattern *regexp.Regexp
}{
	{"option_unknown", regexp.MustCompile(`^flag provided but not defined: -(?P<option>.*)$`)},
	{"option_empty", regexp.MustCompile(`^flag needs an argument: -(?P<option>.*)$`)},
	{"option_value", regexp.MustCompile(`^invalid (?:boolean )?value "(?P<text>.*)" for (?:flag )?-(?P<option>[^:]*): .*$`)},
	{"option_form", regexp.MustCompile(`^bad flag syntax: (?P<text>.*)$`)},
}

// optionFault returns an error of the options in the language of this run.
func optionFault(err error) error {
	for _, known := range optionFaults {
		match := known.pattern.FindStringSubmatch(err.Error())
		if match == nil {
			continue
		}
		args := locale.Args{}
		for i, name := range known.pattern.SubexpNames()[1:] {
			args[name] = match[i+1]
		}
		if option, found := args["option"]; found {
			args["option"] = "--" + option.(string)
		}
		return newFault(known.key, args)
	}
	return err
}

// because returns the fault of a key with its cause as {reason}.
func because(key string, err error) error {
	return &fault{text: locale.Every("command."+key, locale.Args{"reason": err.Error()}), cause: err}
}

// inLanguage returns an error in a language, where it is for people.
func inLanguage(err error, language locale.Language) string {
	if known := new(fault); errors.As(err, &known) {
		return known.text.In(language)
	}
	return err.Error()
}
