package plan

import (
	"github.com/tongban/tongban/rules/diag"
	"github.com/tongban/tongban/rules/ident"
	"github.com/tongban/tongban/rules/source"
)

// formats reads the string formats data elements use and returns the canonical form of what was typed.
var formats = map[string]func(string) (string, error){
	"resident-id": func(s string) (string, error) {
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

// canonical checks a string against its format and gives its canonical form, or says what is wrong with it.
func canonical(format, s string) (string, *diag.Diagnostic) {
	parse, ok := formats[format]
	if !ok {
		return s, nil
	}
	out, err := parse(s)
	if err != nil {
		d := said(err, "")
		return "", &d
	}
	return out, nil
}

// said puts an error of the rules into a diagnostic at a place.
func said(err error, at string) diag.Diagnostic {
	switch e := err.(type) {
	case interface {
		Diagnostic(src source.Fragment) diag.Diagnostic
	}:
		return e.Diagnostic(source.Fragment{Path: at})
	case interface {
		Diagnostic(at string) diag.Diagnostic
	}:
		return e.Diagnostic(at)
	case diag.Coded:
		return diag.Diagnostic{Code: e.Code(), Severity: diag.Error, Path: at, Args: e.Args()}
	}
	return diag.New("evaluate.error", at, "reason", err)
}
