// Package fault is the platform's error vocabulary: a kind that decides what happens, a code that names the fault for
// programs and the catalogue, arguments for the text, and a cause that only the log sees. Everything may import it.
package fault

import (
	"context"
	"errors"
	"fmt"
	"maps"

	"github.com/tongban/tongban/rules/lang"
)

// Kind decides how a fault is treated at the edge. It never carries an HTTP status itself.
type Kind string

// The kinds.
const (
	Invalid      Kind = "invalid"      // what was sent cannot be understood or accepted as it is
	NotFound     Kind = "not_found"    // no such thing, or none that the caller may know of
	Conflict     Kind = "conflict"     // somebody else was first, or the state does not allow the act
	Forbidden    Kind = "forbidden"    // the caller is known and may not do this
	Unauthorized Kind = "unauthorized" // the caller is not known
	TooMany      Kind = "too_many"     // a limit of frequency or size was reached
	Unavailable  Kind = "unavailable"  // try again later
	Internal     Kind = "internal"     // a defect; the person sees no detail
)

// Error is a fault. Code is dotted lower case ("case.wrong-phase") and has a text in the catalogue.
type Error struct {
	Kind  Kind
	Code  string
	Args  map[string]string
	Words map[string]lang.Text // arguments that are text for people themselves, such as the name of a procedure
	Cause error
}

// Error implements error, for logs.
func (e *Error) Error() string {
	s := string(e.Kind) + " " + e.Code
	if len(e.Args) > 0 {
		s += fmt.Sprint(" ", maps.Clone(e.Args))
	}
	if e.Cause != nil {
		s += ": " + e.Cause.Error()
	}
	return s
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Cause }

// New makes a fault; args are name, value pairs. A lang.Text becomes one of the Words.
func New(kind Kind, code string, args ...any) *Error {
	e := &Error{Kind: kind, Code: code}
	for i := 0; i+1 < len(args); i += 2 {
		if text, ok := args[i+1].(lang.Text); ok {
			if e.Words == nil {
				e.Words = map[string]lang.Text{}
			}
			e.Words[fmt.Sprint(args[i])] = text
			continue
		}
		if e.Args == nil {
			e.Args = map[string]string{}
		}
		e.Args[fmt.Sprint(args[i])] = fmt.Sprint(args[i+1])
	}
	return e
}

// Wrap makes a fault with a cause for the log.
func Wrap(cause error, kind Kind, code string, args ...any) *Error {
	e := New(kind, code, args...)
	e.Cause = cause
	return e
}

// KindOf returns the kind of the first fault in the chain; Unavailable for a cancelled or timed-out context; else Internal.
// It returns "" for nil.
func KindOf(err error) Kind {
	if err == nil {
		return ""
	}
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return Unavailable
	}
	return Internal
}

// Is reports whether err's kind is kind.
func Is(err error, kind Kind) bool { return KindOf(err) == kind }

// CodeOf returns the code of the first fault in the chain, or "internal".
func CodeOf(err error) string {
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return "internal"
}
