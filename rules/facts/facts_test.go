package facts_test

import (
	"encoding/json"
	"errors"
	"maps"
	"math/big"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/tongban/tongban/rules/facts"
	"github.com/tongban/tongban/rules/lang"
)

func typeOf(t testing.TB, schema string) facts.Type {
	t.Helper()
	typ, found := facts.TypeOf(json.RawMessage(schema), "/schema")
	if len(found) > 0 {
		t.Fatalf("%s: %v", schema, found)
	}
	return typ
}

func TestTypeOf(t *testing.T) {
	for schema, want := range map[string]string{
		`{"type":"boolean"}`:                                      "bool",
		`{"type":"integer"}`:                                      "int",
		`{"type":"integer","format":"money","minimum":0}`:         "money",
		`{"type":"number"}`:                                       "number",
		`{"type":"string","format":"resident-id"}`:                "string",
		`{"type":["string","null"],"format":"date"}`:              "date",
		`{"type":"array","items":{"type":"integer"}}`:             "list of int",
		`{"type":"object","properties":{"a":{"type":"boolean"}}}`: "row",
		`{"type":"array","items":{"type":"object","properties":{"a":{"type":"string","format":"date"}}}}`: "list of row",
		`{"type":"object","properties":{"a":{"type":"boolean"},"b":{"type":"integer"}},"dependentRequired":{"a":["b"]},
			"if":{"properties":{"a":{"const":true}}},"then":{"required":["b"]},"allOf":[{"minProperties":1}],"not":{"required":["b"]},
			"anyOf":[{"required":["a"]},{"required":["b"]}],"oneOf":[{"required":["a"]},{"required":["b"]}]}`: "row",
	} {
		if got := typeOf(t, schema).String(); got != want {
			t.Errorf("%s is %s, want %s", schema, got, want)
		}
	}
}

// Every schema that leaves the type open is reported where it does.
func TestTypeOfRefuses(t *testing.T) {
	for schema, want := range map[string]string{
		`[]`:                            "facts.schema-json /schema",
		`{"minimum":1}`:                 "facts.schema-type /schema",
		`{"type":"decimal"}`:            "facts.schema-type /schema/type",
		`{"type":["string","integer"]}`: "facts.schema-type /schema/type",
		`{"$ref":"#/x"}`:                "facts.schema-ref /schema/$ref",
		`{"anyOf":[{"type":"string"}]}`: "facts.schema-type /schema",
		`{"type":"string","oneOf":[{"const":"a"},{"minLength":2}]}`:                    "facts.schema-enum /schema/oneOf/1",
		`{"type":"array","prefixItems":[{"type":"string"}],"items":{"type":"string"}}`: "facts.schema-keyword /schema/prefixItems",
		`{"type":"string","format":"dat"}`:                                             "facts.schema-format /schema/format",
		`{"type":"integer","format":"date"}`:                                           "facts.schema-format /schema/format",
		`{"type":"array"}`:                                                             "facts.schema-items /schema",
		`{"type":"array","items":{"type":"x"}}`:                                        "facts.schema-type /schema/items/type",
		`{"type":"array","items":{"type":"string"},"maxItems":1000000}`:                "facts.schema-size /schema/maxItems",
		`{"type":"object"}`:                                                            "facts.schema-properties /schema",
		`{"type":"object","properties":{"A b":{"type":"string"}}}`:                     "facts.bad-path /schema/properties/A b",
		`{"type":"object","properties":{"in":{"type":"string"}}}`:                      "facts.reserved-word /schema/properties/in",
		`{"type":"object","properties":{"a":{"type":"string"},"a":{"type":"string"}}}`: "facts.duplicate /schema/properties/a",
		`{"type":"integer","enum":[1,"2"]}`:                                            "facts.schema-enum /schema/enum/1",
		`{"type":"string","format":"date","enum":["2026-02-30"]}`:                      "facts.schema-enum /schema/enum/0",
	} {
		_, found := facts.TypeOf(json.RawMessage(schema), "/schema")
		if len(found) != 1 || found[0].Code+" "+found[0].Path != want {
			t.Errorf("%s: %v, want %s", schema, found, want)
		}
	}
	deep := strings.Repeat(`{"type":"array","items":`, 9) + `{"type":"string"}` + strings.Repeat(`}`, 9)
	if _, found := facts.TypeOf(json.RawMessage(deep), ""); !found.HasErrors() {
		t.Error("a list in a list in a list … is accepted")
	}
}

var placeholder = regexp.MustCompile(`\{[a-z]+\}`)

func TestDecode(t *testing.T) {
	boolean, whole, number := `{"type":"boolean"}`, `{"type":"integer"}`, `{"type":"number"}`
	text, date := `{"type":"string"}`, `{"type":"string","format":"date"}`
	rows := `{"type":"array","maxItems":2,"items":{"type":"object","properties":{"a":{"type":"integer"},"b":{"type":"string"}}}}`
	for _, c := range []struct{ schema, in, want string }{ // want is the encoding, or a code and where
		{boolean, `true`, `true`},
		{boolean, `"true"`, "facts.not-bool "},
		{boolean, `null`, `null`},
		{whole, `9223372036854775807`, `9223372036854775807`},
		{whole, `9223372036854775808`, "facts.int-range "},
		{whole, `-9223372036854775808`, `-9223372036854775808`},
		{whole, `3.0`, `3`},
		{whole, `3e2`, `300`},
		{whole, `3.5`, "facts.not-int "},
		{whole, `1e999999999`, "facts.int-range "},
		{whole, `"3"`, "facts.not-int "},
		{number, `0.1`, `0.1`},
		{number, `60.50`, `60.5`},
		{number, `1.5E3`, `1500`},
		{number, `-0`, `0`},
		{number, `1e999999999`, "facts.number-range "},
		{number, `1e-999999999`, "facts.number-range "},
		{number, `0.1234567890123456789012345678901234`, `0.1234567890123456789012345678901234`},
		{number, `0.12345678901234567890123456789012345`, "facts.number-range "},
		{number, `"1"`, "facts.not-number "},
		{number, `NaN`, "facts.not-json "},
		{text, `"欧阳·买买提 <&>"`, `"欧阳·买买提 <&>"`},
		{text, `"\u0041"`, `"A"`},
		{text, "\"\xff\"", "facts.not-json "},
		{text, `5`, "facts.not-string "},
		{date, `"2024-02-29"`, `"2024-02-29"`},
		{date, `"2026-02-30"`, "facts.no-such-date "},
		{date, `"2100-02-29"`, "facts.no-such-date "},
		{date, `"2026-2-3"`, "facts.not-date "},
		{date, `"0000-01-01"`, "facts.no-such-date "},
		{date, `"２026-01-01"`, "facts.not-date "},
		{date, `20260101`, "facts.not-date "},
		{rows, `[{"a":1,"b":null},{}]`, `[{"a":1,"b":null},{}]`},
		{rows, `[{"a":1},{"a":"x"}]`, "facts.not-int /1/a"},
		{rows, `[{"c":1}]`, "facts.unknown-member /0/c"},
		{rows, `[{"a":1,"a":2}]`, "facts.duplicate-member /0/a"},
		{rows, `[null]`, "facts.null-item /0"},
		{rows, `[{},{},{}]`, "facts.too-many-items "},
		{rows, `{}`, "facts.not-list "},
		{`{"type":"string","enum":["a","b"]}`, `"c"`, "facts.not-a-choice "},
		{`{"type":"integer","enum":[1,2]}`, `2.0`, `2`},
	} {
		typ := typeOf(t, c.schema)
		v, err := typ.Decode(json.RawMessage(c.in))
		var got string
		var why *facts.DecodeError
		if errors.As(err, &why) {
			got = why.Code + " " + why.Path
			if d := why.Diagnostic("/at"); d.Text(lang.Zh) == d.Code || placeholder.MatchString(d.Text(lang.En)) {
				t.Errorf("%s has no full text: %s", d.Code, d.Text(lang.En))
			}
		} else {
			got = string(typ.Encode(v))
		}
		if got != c.want {
			t.Errorf("%s as %s: %s, want %s", c.in, typ, got, c.want)
		}
	}
}

// The members of a row and their values are named in both languages by x-label, or in Chinese by title.
func TestLabelsOfRows(t *testing.T) {
	row := typeOf(t, `{"type":"object","properties":{
		"wage":{"type":"integer","title":"工资","x-label":{"zh":"月工资","en":"monthly wage"}},
		"kin":{"type":"string","title":"关系","oneOf":[{"const":"self","title":"本人","x-label":{"zh":"本人","en":"the applicant"}},{"const":"child","title":"子女"}]}}}`).Row
	kin := row.At(1)
	for i, c := range []struct{ got, want lang.Text }{
		{row.At(0).Label, lang.Text{Zh: "月工资", En: "monthly wage"}},
		{kin.Label, lang.Text{Zh: "关系"}},
		{kin.Type.Enum[0].Label, lang.Text{Zh: "本人", En: "the applicant"}},
		{kin.Type.Enum[1].Label, lang.Text{Zh: "子女"}},
	} {
		if c.got != c.want {
			t.Errorf("label %d is %v, want %v", i, c.got, c.want)
		}
	}
	if _, found := facts.TypeOf(json.RawMessage(`{"type":"object","properties":{"wage":{"type":"integer","x-label":"工资"}}}`), ""); !found.HasErrors() {
		t.Error("a label that is no pair of texts was taken")
	}
}

// A row of which nothing is known yet says so.
func TestTextOfBlankRow(t *testing.T) {
	list := typeOf(t, `{"type":"array","items":{"type":"object","properties":{"wage":{"type":"integer","x-label":{"zh":"工资","en":"wage"}}}}}`)
	known := list.Elem.Row.NewValues()
	known.Set(0, int64(3))
	if got := list.Text([]any{list.Elem.Row.NewValues(), known}); got != (lang.Text{Zh: "（未填写）；工资 3", En: "(blank); wage 3"}) {
		t.Errorf("%v", got)
	}
}

func TestText(t *testing.T) {
	day := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	kind, found := typeOf(t, `{"type":"string","enum":["normal","urgent"]}`).WithChoices([]facts.Choice{
		{Value: "normal", Label: lang.Text{Zh: "一般", En: "ordinary"}}, {Value: "urgent", Label: lang.Text{Zh: "急难"}},
	}, "/choices")
	if len(found) > 0 {
		t.Fatal(found)
	}
	for _, c := range []struct {
		typ    facts.Type
		v      any
		zh, en string
	}{
		{typeOf(t, `{"type":"boolean"}`), true, "是", "yes"},
		{typeOf(t, `{"type":"integer","format":"money"}`), int64(5000), "50.00元", "CNY 50.00"},
		{typeOf(t, `{"type":"integer","format":"money"}`), int64(-123456789), "-1,234,567.89元", "CNY -1,234,567.89"},
		{typeOf(t, `{"type":"integer"}`), int64(5000), "5000", "5000"},
		{typeOf(t, `{"type":"number"}`), decimal.RequireFromString("60.50"), "60.5", "60.5"},
		{typeOf(t, `{"type":"number"}`), decimal.RequireFromString("0.0000625"), "0.0000625", "0.0000625"},
		{typeOf(t, `{"type":"number"}`), decimal.RequireFromString("30333.66666666666666666666666666667"), "30333.666666…", "30333.666666…"},
		{typeOf(t, `{"type":"number"}`), decimal.RequireFromString("-0.0000000066666667"), "-0.000000006666…", "-0.000000006666…"},
		{typeOf(t, `{"type":"string","format":"date"}`), day, "2026年3月1日", "1 March 2026"},
		{kind, "normal", "一般", "ordinary"},
		{kind, "urgent", "急难", "急难"},
		{kind, nil, "无", "none"},
		{typeOf(t, `{"type":"array","items":{"type":"string"}}`), []any{"甲", "乙"}, "甲、乙", "甲, 乙"},
	} {
		if got := c.typ.Text(c.v); got.Zh != c.zh || got.In(lang.En) != c.en {
			t.Errorf("%v is %q and %q, want %q and %q", c.v, got.Zh, got.In(lang.En), c.zh, c.en)
		}
	}
}

func TestChoicesMustFit(t *testing.T) {
	typ := typeOf(t, `{"type":"integer","enum":[1,2]}`)
	_, found := typ.WithChoices([]facts.Choice{{Value: 1.0}, {Value: 3.0}, {Value: "x"}}, "/choices")
	var codes []string
	for _, d := range found {
		codes = append(codes, d.Code+" "+d.Path)
	}
	if want := []string{"facts.choice-unknown /choices/1/value", "facts.choice-type /choices/2/value"}; !slices.Equal(codes, want) {
		t.Errorf("%v, want %v", codes, want)
	}
}

func TestSpace(t *testing.T) {
	whole := facts.Type{Kind: facts.Int}
	s, found := facts.NewSpace([]facts.Fact{
		{Path: "a.b", Type: whole}, {Path: "a.b", Type: whole}, {Path: "a", Type: whole}, {Path: "a.b.c", Type: whole}, {Path: "A", Type: whole},
		{Path: "a.in", Type: whole}, {Path: "not.x", Type: whole}, {Path: "a.none"}, {Path: "a.c", Type: whole},
	})
	var codes []string
	for _, d := range found {
		codes = append(codes, d.Code)
	}
	want := []string{"facts.duplicate", "facts.prefix", "facts.prefix", "facts.bad-path", "facts.reserved-word", "facts.reserved-word", "facts.no-type"}
	if !slices.Equal(codes, want) {
		t.Errorf("%v, want %v", codes, want)
	}
	if slot, ok := s.Slot("a.c"); !ok || slot != 1 || s.Len() != 2 || s.At(slot).Path != "a.c" {
		t.Errorf("slot %d %v of %d", slot, ok, s.Len())
	}
	if near, _ := s.Nearest("a.cc"); near != "a.c" {
		t.Errorf("nearest is %q", near)
	}
}

func TestValues(t *testing.T) {
	s, _ := facts.NewSpace([]facts.Fact{{Path: "n", Type: facts.Type{Kind: facts.Int}}, {Path: "s", Type: facts.Type{Kind: facts.String}}})
	v := s.NewValues()
	v.Set(0, int64(5))
	w := v.Clone()
	w.SetAbsent(0)
	if v.State(0) != facts.Known || v.Get(0) != int64(5) || w.State(0) != facts.Absent || w.Get(0) != nil || v.State(1) != facts.Unknown {
		t.Errorf("%+v %+v", v, w)
	}
	if v.Equal(w) || !v.Equal(v.Clone()) {
		t.Error("equality of values")
	}
	w.Set(0, nil)
	if w.State(0) != facts.Absent {
		t.Error("nil is not absent")
	}
	defer func() {
		if recover() == nil {
			t.Error("a text was put where an int belongs")
		}
	}()
	v.Set(0, "5")
}

// ratOf is what a value is in mathematics.
func ratOf(v any) *big.Rat {
	switch x := v.(type) {
	case int64:
		return new(big.Rat).SetInt64(x)
	case decimal.Decimal:
		return x.Rat()
	default:
		return v.(*big.Rat)
	}
}

// Arithmetic and comparison are those of mathematics, or an overflow; never a rounded or a wrapped value.
func TestArithmeticIsExact(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	value := func() any {
		switch r.IntN(5) {
		case 0:
			return int64(r.Uint64() >> r.IntN(63))
		case 1:
			return -int64(r.Uint64() >> (1 + r.IntN(62)))
		case 2:
			return int64(r.IntN(7) - 3)
		case 3:
			return new(big.Rat).SetFrac64(int64(r.IntN(2000)-1000), int64(r.IntN(50)*2+3))
		default:
			return decimal.New(int64(r.Uint64()>>r.IntN(64)), -int32(r.IntN(12)))
		}
	}
	ops := []struct {
		name  string
		do    func(a, b any) (any, error)
		exact func(z, a, b *big.Rat) *big.Rat
	}{
		{"+", facts.Add, (*big.Rat).Add}, {"-", facts.Sub, (*big.Rat).Sub}, {"*", facts.Mul, (*big.Rat).Mul}, {"/", facts.Div, (*big.Rat).Quo},
	}
	overflows := 0
	for range 40_000 {
		a, b, op := value(), value(), ops[r.IntN(len(ops))]
		order, ok := facts.Compare(a, b)
		if !ok || order != ratOf(a).Cmp(ratOf(b)) {
			t.Fatalf("%v against %v is %d", a, b, order)
		}
		got, err := op.do(a, b)
		switch {
		case errors.Is(err, facts.ErrDivideByZero):
			if ratOf(b).Sign() != 0 {
				t.Fatalf("%v %s %v: %v", a, op.name, b, err)
			}
		case errors.Is(err, facts.ErrOverflow):
			overflows++
			if want := op.exact(new(big.Rat), ratOf(a), ratOf(b)); want.IsInt() && want.Num().IsInt64() {
				t.Fatalf("%v %s %v is %v: %v", a, op.name, b, want, err)
			}
		case err != nil:
			t.Fatal(err)
		default:
			if want := op.exact(new(big.Rat), ratOf(a), ratOf(b)); ratOf(got).Cmp(want) != 0 {
				t.Fatalf("%v %s %v is %v, want %v", a, op.name, b, got, want)
			}
			settled := ratOf(facts.Settle(got))
			off := new(big.Rat).Sub(settled, ratOf(got))
			allowed := new(big.Rat).Abs(ratOf(got)) // of which no more than the 34th digit may differ
			allowed.Quo(allowed.Add(allowed, big.NewRat(1, 1)), new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(33), nil)))
			if off.Abs(off).Cmp(allowed) > 0 {
				t.Fatalf("%v settled as %v", got, settled)
			}
		}
	}
	if overflows == 0 {
		t.Error("nothing overflowed: the test proves less than it says")
	}
}

func TestSettle(t *testing.T) {
	for in, want := range map[string]string{
		"1/3": "0.3333333333333333333333333333333333", "2/3": "0.6666666666666666666666666666666667", "-2/3": "-0.6666666666666666666666666666666667",
		"20000/3": "6666.666666666666666666666666666667", "1/7": "0.1428571428571428571428571428571429",
	} {
		q, _ := new(big.Rat).SetString(in)
		if got := facts.Settle(q).(decimal.Decimal).String(); got != want {
			t.Errorf("%s settles as %s, want %s", in, got, want)
		}
	}
}

// What decodes encodes to something that decodes to the same value, in one form.
func FuzzDecode(f *testing.F) {
	schemas := []string{
		`{"type":"boolean"}`, `{"type":"integer"}`, `{"type":"number"}`, `{"type":"string"}`, `{"type":"string","format":"date"}`,
		`{"type":"array","items":{"type":"object","properties":{"a":{"type":"number"},"b":{"type":"array","items":{"type":"string"}}}}}`,
	}
	for _, s := range []string{`true`, `-1.50e3`, `"2024-02-29"`, `[{"a":1.10,"b":["\ud83d\ude00"]},{}]`, `null`, `1e99`} {
		f.Add(uint8(2), s)
		f.Add(uint8(5), s)
	}
	f.Fuzz(func(t *testing.T, at uint8, text string) {
		typ := typeOf(t, schemas[int(at)%len(schemas)])
		v, err := typ.Decode(json.RawMessage(text))
		if err != nil {
			return
		}
		once := typ.Encode(v)
		again, err := typ.Decode(once)
		if err != nil || !facts.Equal(v, again) || string(typ.Encode(again)) != string(once) {
			t.Fatalf("%s became %s: %v", text, once, err)
		}
		_ = typ.Text(v)
	})
}

// Whatever the schema, the answer is a type or a reason.
func FuzzTypeOf(f *testing.F) {
	for _, s := range []string{`{"type":"array","items":{"type":"object","properties":{"a":{"enum":[1]}}}}`, `{"type":["null"]}`, `{"oneOf":[{"const":1}],"type":"integer"}`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		typ, found := facts.TypeOf(json.RawMessage(text), "")
		if (typ.Kind == facts.Invalid) != found.HasErrors() {
			t.Fatalf("%s: %v %v", text, typ, found)
		}
	})
}

// What is valid, and what the members of an object are, is what encoding/json says.
func FuzzCheck(f *testing.F) {
	for _, s := range []string{
		`{"a": [1, -0.5e+3, {"b": null}], "a": "\u00e9\"", "年": true }`, " [ ] ", `{}`, `"\ud800"`, "\"\xff\"", `01`, `1.`, `-`, `[1,]`, `{"a"}`, `nul`,
		`{"":{"":[[],{}]}}`, "\"\x01\"", `"\x"`, `"\u12g4"`, `1 2`, ``,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		j, ok := facts.Check([]byte(text))
		if ok != json.Valid([]byte(text)) {
			t.Fatalf("%q: valid %v", text, ok)
		}
		if !ok || !j.IsObject() {
			return
		}
		got := map[string]string{}
		for name, value := range j.Members() {
			got[name] = string(value)
		}
		var plain map[string]json.RawMessage
		if err := json.Unmarshal([]byte(text), &plain); err != nil {
			t.Fatal(err)
		}
		want := map[string]string{}
		for name, value := range plain {
			want[name] = string(value)
		}
		if !maps.Equal(got, want) {
			t.Fatalf("%q: %q, want %q", text, got, want)
		}
	})
}
