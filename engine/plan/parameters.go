package plan

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/tongban/tongban/engine/dictionary"
	"github.com/tongban/tongban/rules/facts"
	"github.com/tongban/tongban/rules/funcs"
	"github.com/tongban/tongban/rules/lang"
)

// declareParameters makes every parameter a function of a date and its keys, param_<key>, and those without keys a fact as
// well: param.<key> is the value in force today.
func (c *compiler) declareParameters(add func(string, facts.Type, lang.Text) int) {
	params := c.dict.Parameters()
	c.plan.parameters = make([]parameter, len(params))
	functions := make([]funcs.Func, len(params))
	for i := range params {
		q := &c.plan.parameters[i]
		c.parameter(q, &params[i])
		if len(q.of.By) == 0 {
			q.slot = add("param."+q.of.Key, q.typ, q.of.Label)
			c.declared[q.slot].Unit = q.of.Unit
			c.plan.origin[q.slot] = parameterValue
		}
		functions[i] = c.parameterFunc(q)
	}
	c.lib = c.lib.With(functions...)
}

// parameter reads the series of a parameter. Load has checked it; what does not fit all the same is reported.
func (c *compiler) parameter(q *parameter, of *dictionary.Parameter) {
	typ, found := facts.TypeOf(of.Schema, "")
	c.dictionaryFindings(found, "parameter", of.Key)
	*q = parameter{slot: -1, of: of, typ: typ, series: map[string][]dated{}}
	for i, s := range of.Series {
		value, err := typ.Decode(s.Value)
		from, err2 := facts.ParseDate(s.From)
		if err != nil || err2 != nil {
			c.report("plan.bad-parameter", "", "name", of.Key, "from", s.From)
			continue
		}
		d := dated{from: from, value: value, index: i}
		if s.To != "" {
			if d.to, err = facts.ParseDate(s.To); err != nil {
				c.report("plan.bad-parameter", "", "name", of.Key, "from", s.From)
			}
		}
		keys := combined(s.Keys)
		q.series[keys] = append(q.series[keys], d)
	}
}

func combined(keys []string) string { return strings.Join(keys, "\x00") }

// parameterFunc is the function param_<key>. A value for a division is inherited from the nearest division around it.
func (c *compiler) parameterFunc(q *parameter) funcs.Func {
	f := funcs.Func{
		Name:   "param_" + q.of.Key,
		Params: []funcs.Param{{Name: "date", Type: facts.Type{Kind: facts.Date}}},
		Result: q.typ,
		Doc:    q.of.Label,
		Phrase: lang.Text{Zh: "{0}执行的" + q.of.Label.Zh, En: "the " + lowerFirst(q.of.Label.In(lang.En)) + " in force on {0}"},
		Cost:   4,
	}
	for i, by := range q.of.By {
		typ := facts.Type{Kind: facts.String}
		if !by.Division {
			if t, found := facts.TypeOf(by.Schema, ""); !found.HasErrors() {
				typ = t
			}
		}
		f.Params = append(f.Params, funcs.Param{Name: by.Key, Type: typ})
		hole := fmt.Sprintf("{%d}", i+1)
		f.Phrase = lang.Text{Zh: hole + "、" + f.Phrase.Zh, En: f.Phrase.En + " for " + hole}
	}
	dict := c.dict
	f.Call = func(args []any) (any, error) {
		day, _ := args[0].(time.Time)
		keys := make([]string, len(args)-1)
		for i, a := range args[1:] {
			keys[i] = keyText(a)
		}
		if d, ok := q.inherited(dict, day, keys, 0); ok {
			return d.value, nil
		}
		return nil, &noValue{parameter: q.of.Key, date: day.Format(facts.DateLayout), keys: strings.Join(keys, ", ")}
	}
	return f
}

func keyText(v any) string {
	if s, ok := v.(string); ok {
		return s
	}
	raw, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(raw)
}

// inherited finds the value for keys, walking up the divisions from the key with index i on.
func (q *parameter) inherited(dict *dictionary.Dictionary, day time.Time, keys []string, i int) (dated, bool) {
	for ; i < len(keys); i++ {
		if !q.of.By[i].Division {
			continue
		}
		own := keys[i]
		if d, ok := q.inherited(dict, day, keys, i+1); ok {
			return d, true
		}
		for _, a := range dict.Ancestors(own) {
			keys[i] = a.Code
			if d, ok := q.inherited(dict, day, keys, i+1); ok {
				return d, true
			}
		}
		keys[i] = own
		return dated{}, false
	}
	return q.at(day, combined(keys))
}

// noValue says that a parameter has no value for a date and keys. It is an evaluation error: nothing is assumed in its place.
type noValue struct{ parameter, date, keys string }

func (e *noValue) Error() string {
	return fmt.Sprintf("parameter %s has no value on %s (%s)", e.parameter, e.date, e.keys)
}

// Code is the error's code in the catalogue.
func (e *noValue) Code() string { return "evaluate.parameter-missing" }

// Args are the arguments of the error's text.
func (e *noValue) Args() map[string]string {
	name := e.parameter
	if e.keys != "" {
		name += " (" + e.keys + ")"
	}
	return map[string]string{"name": name, "date": e.date}
}

// calls reports whether a rule of the item calls the parameter's function. Rules are text, and so is the document they stand
// in; a mention outside a rule only makes the fingerprint cover more.
func (c *compiler) calls(q *parameter) bool {
	if c.text == "" {
		raw, err := json.Marshal(c.plan.def)
		if err != nil {
			return true
		}
		c.text = string(raw)
	}
	return regexp.MustCompile(`\bparam_` + q.of.Key + `\b`).MatchString(c.text)
}
