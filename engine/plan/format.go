package plan

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"strings"

	"github.com/tongban/tongban/rules/diag"
	"github.com/tongban/tongban/rules/facts"
	"github.com/tongban/tongban/rules/ident"
	"github.com/tongban/tongban/rules/lang"
)

// residentID is the format of a resident's identity number, by which the person of a row is known.
const residentID = "resident-id"

// formats reads the string formats data elements use and returns the canonical form of what was typed.
var formats = map[string]func(string) (string, error){
	residentID: func(s string) (string, error) {
		id, err := ident.ParseID(s)
		return id.Number, err
	},
	"uscc": func(s string) (string, error) {
		u, err := ident.ParseUSCC(s)
		return u.Number, err
	},
	"disability-card": func(s string) (string, error) {
		c, err := ident.ParseDisabilityCard(s)
		return c.Number, err
	},
	"division": func(s string) (string, error) {
		d, err := ident.ParseDivision(s)
		return string(d), err
	},
	"mobile":    ident.ParseMobile,
	"phone":     ident.ParsePhone,
	"bank-card": ident.ParseBankCard,
}

// doubtful are findings about numbers that real registers hold all the same: old passbooks have no check digit, and some
// organisations were given a code that fails its check. They are told, and the number is taken as it is.
var doubtful = map[string]bool{ident.CodeBankCardCheck: true, ident.CodeUSCCCheck: true}

// canonical checks a string against its format and gives its canonical form, or says what is wrong with it.
func canonical(format, s string) (string, *diag.Diagnostic) {
	parse, ok := formats[format]
	if !ok {
		return s, nil
	}
	out, err := parse(s)
	if err == nil {
		return out, nil
	}
	d := said(err, "")
	if doubtful[d.Code] {
		d.Severity = diag.Warning
		return ident.Normalize(s), &d
	}
	return "", &d
}

// accept checks a value against the field's schema, type and format, and gives it in canonical form. The findings speak to
// the person who fills in the form, with pointers inside the value.
func (f *field) accept(raw facts.JSON) (any, diag.List) {
	val, err := f.typ.DecodeChecked(raw)
	if err != nil || !f.shape.fits(val) {
		var plain any
		dec := json.NewDecoder(bytes.NewReader(raw))
		dec.UseNumber()
		if err := dec.Decode(&plain); err != nil {
			return nil, diag.List{diag.New("answer.type", "", "label", f.label)}
		}
		found := f.check.Check(plain)
		if len(found) > 0 {
			found = f.check.Check(blanks(plain)) // a null in a cell is one left blank
		}
		if len(found) > 0 {
			for i := range found {
				found[i] = f.told(found[i])
			}
			return nil, found
		}
	}
	if err != nil {
		return nil, diag.List{f.told(said(err, ""))}
	}
	return f.shape.settle(val, "")
}

// blanks leaves out of the objects in a list what is null.
func blanks(v any) any {
	list, ok := v.([]any)
	if !ok {
		return v
	}
	for _, row := range list {
		if cells, ok := row.(map[string]any); ok {
			maps.DeleteFunc(cells, func(_ string, cell any) bool { return cell == nil })
		}
	}
	return list
}

// answerCodes are the schema's findings that a form puts in its own words; the others read well as they are.
var answerCodes = map[string]string{
	"schema.type": "answer.type", "schema.enum": "answer.choice", "schema.required": "answer.required", "schema.format": "answer.format",
	"schema.pattern": "answer.format", "schema.minimum": "answer.minimum", "schema.maximum": "answer.maximum", "schema.min-items": "answer.min-items",
	"schema.exclusive-minimum": "answer.above", "schema.exclusive-maximum": "answer.below", "schema.multiple-of": "answer.multiple",
	"schema.const": "answer.constant", "schema.no-alternative": "answer.combination", "schema.several-alternatives": "answer.combination",
	"schema.forbidden": "answer.combination", "schema.min-properties": "answer.combination", "schema.max-properties": "answer.combination",
}

// told puts a finding about an answer into the words of the form: labels instead of keys, yuan instead of fen.
func (f *field) told(d diag.Diagnostic) diag.Diagnostic {
	code, ok := answerCodes[d.Code]
	if !ok {
		return d
	}
	label, typ := f.label, f.typ
	for token := range strings.SplitSeq(strings.TrimPrefix(d.Path, "/"), "/") {
		switch {
		case token == "":
		case typ.Kind == facts.List:
			typ = *typ.Elem
		case typ.Kind == facts.Row:
			slot, ok := typ.Row.Slot(token)
			if !ok {
				return d
			}
			label, typ = typ.Row.At(slot).Label, typ.Row.At(slot).Type
			if label.IsZero() {
				label = lang.Text{Zh: token}
			}
		}
	}
	out := diag.New(code, d.Path, "label", label, "want", d.Args["want"])
	if limit, err := typ.Decode(json.RawMessage(d.Args["want"])); err == nil && limit != nil {
		out = diag.New(code, d.Path, "label", label, "want", typ.Text(limit))
	}
	return out
}

// said puts an error of the rules into a diagnostic at a place.
func said(err error, at string) diag.Diagnostic {
	var placed interface {
		error
		Diagnostic(at string) diag.Diagnostic
	}
	if errors.As(err, &placed) {
		return placed.Diagnostic(at)
	}
	var known diag.Coded
	if errors.As(err, &known) {
		return diag.Diagnostic{Code: known.Code(), Severity: diag.Error, Path: at, Args: known.Args()}
	}
	return diag.New("evaluate.error", at, "reason", err)
}
