package problem

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"kipmonitor/internal/locale"
)

func TestTheUserReadsTheMessageAndTheLogTheCauseToo(t *testing.T) {
	unknown := New(NotFound, "submission_unknown", nil)
	caused := unknown.Because(errors.New("no such row"))
	message := locale.German.Say("problem.submission_unknown", nil)
	if strings.HasPrefix(message, "[") {
		t.Fatalf("no message: %s", message)
	}
	if got := caused.In(locale.German); got != message {
		t.Errorf("the user reads %q, want %q", got, message)
	}
	if got, want := caused.Error(), message+": no such row"; got != want {
		t.Errorf("the log reads %q, want %q", got, want)
	}
	if unknown.Err != nil || unknown.Error() != message {
		t.Error("Because changed the problem that it was called on")
	}
}

func TestAProblemIsFoundInTheChainOfAnError(t *testing.T) {
	cause := fs.ErrPermission
	original := New(Unavailable, "engine", nil).Because(cause)
	found, ok := From(fmt.Errorf("open the store: %w", original))
	if !ok || found != original {
		t.Errorf("found %v, %v", found, ok)
	}
	if !errors.Is(found, cause) {
		t.Error("the cause is not in the chain")
	}
	for _, err := range []error{nil, cause, errors.New("x")} {
		if found, ok := From(err); ok || found != nil {
			t.Errorf("in %v a problem was found: %v", err, found)
		}
	}
}

// A problem whose message is missing would show its key to the user. The codes
// are the second argument of every call of New in the program.
func TestEveryProblemOfTheProgramHasAMessage(t *testing.T) {
	calls := 0
	root := filepath.Join("..", "..")
	for _, folder := range []string{"internal", "cmd"} {
		err := filepath.WalkDir(filepath.Join(root, folder), func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			source, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			files := token.NewFileSet()
			file, err := parser.ParseFile(files, path, source, parser.SkipObjectResolution)
			if err != nil {
				return err
			}
			ast.Inspect(file, func(node ast.Node) bool {
				code, ok := codeOf(node)
				if ok {
					calls++
					if !locale.Knows("problem." + code) {
						t.Errorf("%s: no message problem.%s", files.Position(node.Pos()), code)
					}
				}
				return true
			})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if calls == 0 {
		t.Error("no problem was found in the program: does this test still read it?")
	}
}

// codeOf returns the code in a call of problem.New.
func codeOf(node ast.Node) (string, bool) {
	call, ok := node.(*ast.CallExpr)
	if !ok || len(call.Args) < 2 {
		return "", false
	}
	function, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || function.Sel.Name != "New" {
		return "", false
	}
	name, ok := function.X.(*ast.Ident)
	if !ok || name.Name != "problem" {
		return "", false
	}
	literal, ok := call.Args[1].(*ast.BasicLit)
	if !ok || literal.Kind != token.STRING {
		return "", false
	}
	code, err := strconv.Unquote(literal.Value)
	return code, err == nil
}
