package plan

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"iter"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tongban/tongban/engine/dictionary"
	"github.com/tongban/tongban/rules/diag"
	"github.com/tongban/tongban/rules/facts"
	"github.com/tongban/tongban/rules/funcs"
	"github.com/tongban/tongban/rules/lang"
)

// declareParameters makes every parameter a function of a date and its keys, param_<key>, and those without keys a fact as
// well: param.<key> is the value in force today.
func (v *Vocabulary) declareParameters() {
	params := v.dict.Parameters()
	v.parameters = make([]parameter, len(params))
	functions := make([]funcs.Func, len(params))
	for i := range params {
		q := &v.parameters[i]
		v.parameter(q, &params[i])
		if len(q.of.By) == 0 {
			q.slot = v.add("param."+q.of.Key, q.typ, q.of.Label)
			v.facts[q.slot].Unit = q.of.Unit
		}
		functions[i] = v.parameterFunc(q)
	}
	v.lib = funcs.Standard(v.dict.Calendar()).With(functions...)
}

// parameter reads the series of a parameter. Load has checked it; what does not fit all the same is reported.
func (v *Vocabulary) parameter(q *parameter, of *dictionary.Parameter) {
	typ, found := facts.TypeOf(of.Schema, "")
	v.wrong(found, "parameter", of.Key)
	*q = parameter{slot: -1, of: of, typ: labelled(typ, of.Choices), series: map[string][]dated{}, open: make([]openKeys, len(of.By))}
	for i := range of.Series {
		s := &of.Series[i]
		d, err := q.readDated(s)
		if err != nil {
			v.found.Add(diag.New("plan.bad-parameter", "", "name", of.Key, "from", s.From))
			continue
		}
		keys := combined(s.Keys)
		q.series[keys] = append(q.series[keys], d)
		for j, key := range s.Keys[:min(len(s.Keys), len(of.By))] {
			q.open[j].add(&of.By[j], key)
		}
	}
}

// openKeys are the keys of one position that stand for many.
type openKeys struct {
	any bool
	up  []int64 // each for itself and every greater number, the greatest first
}

func (o *openKeys) add(by *dictionary.ParameterKey, key string) {
	least, any, ok := by.Open(key)
	if !ok {
		return
	}
	if any {
		o.any = true
		return
	}
	if i, twice := slices.BinarySearchFunc(o.up, least, func(a, b int64) int { return cmp.Compare(b, a) }); !twice {
		o.up = slices.Insert(o.up, i, least)
	}
}

func (q *parameter) readDated(s *dictionary.Dated) (d dated, err error) {
	d.of, d.entry = q.of, s
	if d.value, err = q.typ.Decode(s.Value); err != nil {
		return d, err
	}
	d.text = q.typ.Text(d.value)
	if d.from, err = facts.ParseDate(s.From); err != nil || s.To == "" {
		return d, err
	}
	d.to, err = facts.ParseDate(s.To)
	return d, err
}

func combined(keys []string) string { return strings.Join(keys, "\x00") }

// parameterFunc is the function param_<key>. A value for a division is inherited from the nearest division around it.
func (v *Vocabulary) parameterFunc(q *parameter) funcs.Func {
	f := funcs.Func{
		Name:   "param_" + q.of.Key,
		Params: []funcs.Param{{Name: "date", Type: facts.Type{Kind: facts.Date}}},
		Result: q.typ,
		Doc:    q.of.Label,
		Phrase: q.phrase(),
		Cost:   4,
	}
	for _, by := range q.of.By {
		typ := facts.Type{Kind: facts.String}
		if !by.Division {
			if t, found := facts.TypeOf(by.Schema, ""); !found.HasErrors() {
				typ = t
			}
		}
		f.Params = append(f.Params, funcs.Param{Name: by.Key, Type: typ})
	}
	dict := v.dict
	f.Within = func(v *facts.Values, args []any) (any, error) {
		day, _ := args[0].(time.Time)
		keys := make([]string, len(args)-1)
		for i, a := range args[1:] {
			keys[i] = keyText(a)
		}
		of, _ := v.Keeper().(*ledger)
		if d, ok := q.inherited(dict, of, day, keys, 0); ok {
			if of != nil {
				of.note(d)
			}
			return d.value, nil
		}
		return nil, &noValue{parameter: q.of.Key, date: day.Format(facts.DateLayout), keys: strings.Join(keys, ", ")}
	}
	return f
}

// ledger is one evaluation as the parameters know it: what is fixed, and what rules took.
type ledger struct {
	fixed
	all []*dated // each once, in the order in which it was first taken
	now []*dated // of them, what is taken by the rule at hand
}

func (l *ledger) note(d *dated) {
	if !slices.Contains(l.now, d) {
		l.now = append(l.now, d)
	}
	if !slices.Contains(l.all, d) {
		l.all = append(l.all, d)
	}
}

// said is a value that was taken, as the outcome tells it.
func (d *dated) said() Parameter {
	q, at := d.of, d.entry
	return Parameter{
		Key: q.Key, Label: q.Label, Keys: at.Keys, Value: at.Value, Text: d.text, From: at.From, Document: at.Document, Illustrative: q.Illustrative,
		Given: d.fixed,
	}
}

// found tells a value that was taken as one of the things a conclusion rests on, a keyed one with its keys.
func (d *dated) found(dict *dictionary.Dictionary) Found {
	at := d.entry
	label := d.of.Label
	if len(at.Keys) > 0 {
		zh, en := make([]string, len(at.Keys)), make([]string, len(at.Keys))
		for i, key := range at.Keys {
			text := keyLabel(dict, &d.of.By[i], key)
			zh[i], en[i] = text.Zh, text.In(lang.En)
		}
		label = lang.Text{Zh: label.Zh + "（" + strings.Join(zh, "、") + "）", En: label.In(lang.En) + " (" + strings.Join(en, ", ") + ")"}
	}
	out := Found{Path: "param." + d.of.Key, Label: label, State: stateNames[facts.Known], Value: at.Value, Text: d.text}
	if d.fixed {
		out.Source = fromGiven
	}
	return out
}

// keyLabel is a key of a value as people say it: the name of a division, the label of a choice, a yes or no with its question.
func keyLabel(dict *dictionary.Dictionary, by *dictionary.ParameterKey, key string) lang.Text {
	if name := dict.FullName(key); by.Division && name != "" {
		return lang.Text{Zh: name, En: name}
	}
	if least, any, ok := by.Open(key); any {
		return lang.Text{Zh: "其他", En: "any other"}
	} else if ok {
		n := strconv.FormatInt(least, 10)
		return lang.Text{Zh: n + "及以上", En: n + " or more"}
	}
	for _, c := range by.Choices {
		if keyText(c.Value) == key {
			return c.Label
		}
	}
	typ, _ := facts.TypeOf(by.Schema, "")
	if typ.Kind != facts.Bool {
		return lang.Text{Zh: key, En: key}
	}
	answer := typ.Text(key == "true")
	if by.Label.IsZero() {
		return answer
	}
	return lang.Text{Zh: by.Label.Zh + "：" + answer.Zh, En: by.Label.In(lang.En) + ": " + answer.En}
}

// phrase words a call: the value of a day, for keys; or of a parameter that answers yes or no, the rule that is in force.
func (q *parameter) phrase() lang.Text {
	label := lang.Text{Zh: q.of.Label.Zh, En: lowerFirst(q.of.Label.In(lang.En))}
	zh, en := "", ""
	for i := range q.of.By {
		hole := fmt.Sprintf("{%d}", i+1)
		if i > 0 {
			zh, en = zh+"、", en+" and "
		}
		zh, en = zh+hole, en+hole
	}
	if q.typ.Kind == facts.Bool {
		if len(q.of.By) > 0 {
			zh, en = "、适用于"+zh, ", for "+en
		}
		return lang.Text{Zh: "按{0}执行" + zh + "的规定，" + label.Zh, En: "by the rules in force on {0}" + en + ", " + label.En}
	}
	if len(q.of.By) > 0 {
		zh, en = "适用于"+zh+"的", " for "+en
	}
	return lang.Text{Zh: "{0}执行的" + zh + label.Zh, En: "the " + label.En + en + " in force on {0}"}
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

// inherited finds the value for keys from the one with index i on. For each the first counts that leads to one: the key itself,
// the divisions around it, then keys that stand for many.
func (q *parameter) inherited(dict *dictionary.Dictionary, l *ledger, day time.Time, keys []string, i int) (*dated, bool) {
	if i == len(keys) {
		return q.taken(l, day, combined(keys))
	}
	if d, ok := q.inherited(dict, l, day, keys, i+1); ok {
		return d, true
	}
	own := keys[i]
	for key := range q.instead(dict, i, own) {
		keys[i] = key
		if d, ok := q.inherited(dict, l, day, keys, i+1); ok {
			return d, true
		}
	}
	keys[i] = own
	return nil, false
}

// instead goes through the keys whose value a key has where it has none of its own.
func (q *parameter) instead(dict *dictionary.Dictionary, i int, own string) iter.Seq[string] {
	return func(yield func(string) bool) {
		if q.of.By[i].Division {
			for _, a := range dict.Ancestors(own) {
				if !yield(a.Code) {
					return
				}
			}
		}
		if n, err := strconv.ParseInt(own, 10, 64); err == nil {
			for _, least := range q.open[i].up {
				if least <= n && !yield(strconv.FormatInt(least, 10)+"+") {
					return
				}
			}
		}
		if q.open[i].any {
			yield(dictionary.AnyKey)
		}
	}
}

// taken is the value on a day in an evaluation with this ledger, which may be nil: what is fixed there counts on every day.
func (q *parameter) taken(l *ledger, day time.Time, keys string) (*dated, bool) {
	if l != nil {
		if d, ok := l.fixed.parameters[q.of.Key][keys]; ok {
			return d, true
		}
	}
	return q.at(day, keys)
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

// mentions lists the parameter functions that the item's rules call, and says whether they ask for the licences of a row's
// person. Rules are text, and so is the document they stand in; a mention outside a rule only makes the fingerprint cover more.
// raw is the definition as JSON.
func mentions(raw []byte) (functions map[string]bool, rowLicences bool) {
	functions = map[string]bool{}
	for _, name := range parameterName.FindAll(raw, -1) {
		functions[string(name)] = true
	}
	return functions, bytes.Contains(raw, []byte("row.licences."))
}

var parameterName = regexp.MustCompile(`param_[a-z0-9_]+`)
