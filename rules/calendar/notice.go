package calendar

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"slices"
)

// notice is the form of a notice file: {"year": 2026, "region": "", "version": "...", "days": {"2026-01-01": "off"}}.
type notice struct {
	Year    int             `json:"year"`
	Region  string          `json:"region"`
	Version string          `json:"version"`
	Days    json.RawMessage `json:"days"`
}

// FileError says that a notice file cannot be read, and why.
type FileError struct {
	File  string // empty for bytes without a file
	Cause error
}

func (e *FileError) Error() string { return fmt.Sprintf("calendar: %s: %v", e.File, e.Cause) }

// Unwrap returns the cause.
func (e *FileError) Unwrap() error { return e.Cause }

// Code is the error's code in the catalogue.
func (e *FileError) Code() string { return "calendar.bad-file" }

// Args are the arguments of the error's text.
func (e *FileError) Args() map[string]string {
	return map[string]string{"file": e.File, "cause": e.Cause.Error()}
}

// LoadYears reads every *.json file at the root of fsys as one notice, in the order of file names:
//
//	{"year": 2026, "region": "", "version": "国务院办公厅2026年放假安排", "days": {"2026-01-01": "off", "2026-01-04": "work"}}
//
// The year is said, never guessed from the days: a year is known only through its own notice. Errors are *FileError.
func LoadYears(fsys fs.FS) ([]Year, error) {
	names, err := fs.Glob(fsys, "*.json")
	if err != nil {
		return nil, err
	}
	var years []Year
	for _, name := range names {
		raw, err := fs.ReadFile(fsys, name)
		if err != nil {
			return nil, &FileError{File: name, Cause: err}
		}
		y, err := ParseYear(raw)
		if err != nil {
			return nil, &FileError{File: name, Cause: err}
		}
		years = append(years, y)
	}
	return years, nil
}

// ParseYear reads one notice in the form LoadYears describes. Unknown members are refused.
func ParseYear(raw []byte) (Year, error) {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	var n notice
	if err := dec.Decode(&n); err != nil {
		return Year{}, err
	}
	if n.Year < MinYear || n.Year > MaxYear {
		return Year{}, fmt.Errorf("year %d is not between %d and %d", n.Year, MinYear, MaxYear)
	}
	y := Year{Year: n.Year, Region: n.Region, Version: n.Version}
	err := eachDay(n.Days, func(d Date, work bool) error {
		if work {
			y.Work = append(y.Work, d)
		} else {
			y.Off = append(y.Off, d)
		}
		return nil
	})
	return y, err
}

// ParseDays reads a plain table of several years, {"2026-01-01": "off", "2026-01-04": "work", ...}. The table cannot say by
// itself which years it is complete for, so the caller does; a day of any other year is an error, but for the December
// before the first.
func ParseDays(raw []byte, years ...int) ([]Year, error) {
	years = slices.Sorted(slices.Values(years))
	out := make([]Year, len(years))
	for i, y := range years {
		out[i].Year = y
	}
	err := eachDay(raw, func(d Date, work bool) error {
		i := slices.IndexFunc(out, func(y Year) bool { return y.Year == d.Year() })
		if i < 0 && d.Month() == 12 {
			i = slices.IndexFunc(out, func(y Year) bool { return y.Year == d.Year()+1 })
		}
		switch {
		case i < 0:
			return &NoYearError{Year: d.Year()}
		case work:
			out[i].Work = append(out[i].Work, d)
		default:
			out[i].Off = append(out[i].Off, d)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// eachDay calls f for every day of a {"date": "off"|"work"} object in the order of the text; a repeated key comes twice.
func eachDay(raw []byte, f func(d Date, work bool) error) error {
	dec := json.NewDecoder(bytes.NewReader(raw))
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return fmt.Errorf(`days must be an object of "date": "off" or "work"`)
	}
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return err
		}
		d, err := Parse(fmt.Sprint(key))
		if err != nil {
			return err
		}
		var mark string
		if err := dec.Decode(&mark); err != nil {
			return err
		}
		if mark != "off" && mark != "work" {
			return fmt.Errorf(`%s is marked %q, not "off" or "work"`, d, mark)
		}
		if err := f(d, mark == "work"); err != nil {
			return err
		}
	}
	_, err := dec.Token()
	return err
}
