package main

import (
	"fmt"

	"github.com/tongban/tongban/engine/item"
	"github.com/tongban/tongban/engine/item/dmn"
	"github.com/tongban/tongban/rules/calendar"
	"github.com/tongban/tongban/rules/diag"
)

// dmnCmd is `tongban dmn`: decision tables in the XML of DMN.
type dmnCmd struct {
	Import dmnImportCmd `cmd:"" help:"Print the decision tables and formulas of a DMN file as entries of an item's \"derive\"."`
	Export dmnExportCmd `cmd:"" help:"Print one decision table of an item document as a DMN 1.3 file."`
}

type dmnImportCmd struct {
	File string `arg:"" help:"DMN file; - reads standard input."`
}

// Run prints the tables to standard output and the findings to standard error; any error among them makes the exit status 1.
func (v *dmnImportCmd) Run(c *cli) error {
	raw, err := c.read(v.File)
	if err != nil {
		return err
	}
	tables, found := dmn.Import(raw, v.File)
	if err := c.complain(found); err != nil {
		return err
	}
	return printJSON(c.stdout, tables)
}

type dmnExportCmd struct {
	Item   string `arg:"" help:"Item document."`
	Derive string `arg:"" help:"Key of the entry of \"derive\" that holds the table."`
	At     string `help:"Day whose version is meant, YYYY-MM-DD, of a table that has versions." placeholder:"DATE"`
}

// Run prints the file to standard output and the findings to standard error.
func (v *dmnExportCmd) Run(c *cli) error {
	if _, err := calendar.Parse(v.At); v.At != "" && err != nil {
		return fmt.Errorf("--at %q: want a date such as 2026-03-01", v.At)
	}
	raw, err := c.read(v.Item)
	if err != nil {
		return err
	}
	def, doc, found := item.Decode(raw, v.Item)
	if err := c.complain(found); err != nil {
		return err
	}
	out, found := dmn.Export(def, doc, v.Derive, v.At)
	if err := c.complain(found); err != nil {
		return err
	}
	_, err = c.stdout.Write(out)
	return err
}

// complain prints findings to standard error, where the result goes to standard output.
func (c *cli) complain(found diag.List) error {
	to := *c
	to.stdout = c.stderr
	switch errs, err := to.report(found, false); {
	case err != nil:
		return err
	case errs > 0:
		return errFound
	}
	return nil
}
