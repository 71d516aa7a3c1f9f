package facts

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/shopspring/decimal"
	"github.com/tongban/tongban/rules/diag"
	"github.com/tongban/tongban/rules/lang"
)

// Limits of a list. They bound the work of all, exists, sum and their like before a rule has run: a list without
// "maxItems" is a household or a set of children; only a schema that says so holds more, up to the owners of a large estate.
const (
	DefaultMaxItems = 200
	MaxItems        = 10_000
)

// MaxDepth bounds lists and rows within each other.
const MaxDepth = 4

// String names the kind as diagnostics do.
func (k Kind) String() string {
	switch k {
	case Bool:
		return "bool"
	case Int:
		return "int"
	case Number:
		return "number"
	case String:
		return "string"
	case Date:
		return "date"
	case List:
		return "list"
	case Row:
		return "row"
	default:
		return "none"
	}
}

// String names the type as diagnostics do: "money", "list of row".
func (t Type) String() string {
	switch {
	case t.Kind == Int && t.Money:
		return "money"
	case t.Kind == List && t.Elem != nil:
		return "list of " + t.Elem.String()
	default:
		return t.Kind.String()
	}
}

// Name is the name of the kind in diagnostics for people; the English one is String.
func (k Kind) Name() lang.Text {
	zh := map[Kind]string{Bool: "是/否", Int: "整数", Number: "数字", String: "文字", Date: "日期", List: "列表", Row: "记录"}[k]
	if zh == "" {
		zh = "空值"
	}
	return lang.Text{Zh: zh, En: k.String()}
}

// Name is the name of the type in diagnostics for people; the English one is String.
func (t Type) Name() lang.Text {
	switch {
	case t.Kind == Int && t.Money:
		return lang.Text{Zh: "金额", En: t.String()}
	case t.Kind == List && t.Elem != nil:
		return lang.Text{Zh: t.Elem.Name().Zh + "列表", En: t.String()}
	default:
		return t.Kind.Name()
	}
}

// Equal reports whether two types hold the same values: kind, money, elements, members and allowed values. Labels do not
// count.
func (t Type) Equal(o Type) bool {
	if t.Kind != o.Kind || t.Money != o.Money || t.MaxItems != o.MaxItems || len(t.Enum) != len(o.Enum) {
		return false
	}
	for i := range t.Enum {
		if !Equal(t.Enum[i].Value, o.Enum[i].Value) {
			return false
		}
	}
	if (t.Elem == nil) != (o.Elem == nil) || t.Elem != nil && !t.Elem.Equal(*o.Elem) {
		return false
	}
	return t.Row.Equal(o.Row)
}

// Longest is the greatest number of elements that a list of this type holds.
func (t Type) Longest() int {
	if t.MaxItems > 0 {
		return t.MaxItems
	}
	return DefaultMaxItems
}

func (t Type) valid() bool {
	switch t.Kind {
	case Bool, Int, Number, String, Date:
		return true
	case List:
		return t.Elem != nil && t.Elem.valid()
	case Row:
		return t.Row != nil
	default:
		return false
	}
}

// holds reports whether val has the Go type of the kind.
func (t *Type) holds(val any) bool {
	var ok bool
	switch t.Kind {
	case Bool:
		_, ok = val.(bool)
	case Int:
		_, ok = val.(int64)
	case Number:
		_, ok = val.(decimal.Decimal)
	case String:
		_, ok = val.(string)
	case Date:
		_, ok = val.(time.Time)
	case List:
		_, ok = val.([]any)
	case Row:
		_, ok = val.(*Values)
	}
	return ok
}

// WithChoices returns the type with labels for its allowed values, as a dictionary writes them beside a schema. A label for a
// value that the enum lacks is reported as facts.choice-unknown; a type without enum takes the choices as its enum. at is the
// JSON pointer of the choices.
func (t Type) WithChoices(choices []Choice, at string) (Type, diag.List) {
	if len(choices) == 0 {
		return t, nil
	}
	var found diag.List
	labelled := make([]Choice, len(t.Enum))
	copy(labelled, t.Enum)
	open := len(labelled) == 0
	for i, c := range choices {
		v, err := t.native(c.Value)
		if err != nil {
			found.Add(diag.New("facts.choice-type", diag.Pointer(at, i, "value"), "value", fmt.Sprint(c.Value), "type", t))
			continue
		}
		placed := false
		for j := range labelled {
			if Equal(labelled[j].Value, v) {
				labelled[j].Label, placed = c.Label, true
			}
		}
		switch {
		case placed && open:
			found.Add(diag.New("facts.choice-twice", diag.Pointer(at, i, "value"), "value", fmt.Sprint(c.Value)))
		case !placed && open:
			labelled = append(labelled, Choice{Value: v, Label: c.Label})
		case !placed:
			found.Add(diag.New("facts.choice-unknown", diag.Pointer(at, i, "value"), "value", fmt.Sprint(c.Value)))
		}
	}
	t.Enum = labelled
	return t, found
}

// native brings a value as encoding/json decoded it, or one that already has the Go type of the kind, to that type.
func (t Type) native(v any) (any, error) {
	if t.holds(v) {
		return v, nil
	}
	raw, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	t.Enum = nil
	return t.Decode(raw)
}

// Label returns the label of an allowed value, if the type lists one.
func (t Type) Label(v any) (lang.Text, bool) {
	for _, c := range t.Enum {
		if !c.Label.IsZero() && Equal(c.Value, v) {
			return c.Label, true
		}
	}
	return lang.Text{}, false
}

// Text writes a value as people do: 2026年3月1日 or 1 March 2026, 50.00元 or CNY 50.00 for money in fen, 是 or yes, the label of an
// allowed value, numbers plain (quotients cut to six decimals, with an ellipsis), lists joined. nil and a list of nothing are
// 无 or none.
func (t Type) Text(v any) lang.Text {
	if v == nil {
		return lang.Text{Zh: "无", En: "none"}
	}
	if label, ok := t.Label(v); ok {
		return label
	}
	switch x := v.(type) {
	case bool:
		if x {
			return lang.Text{Zh: "是", En: "yes"}
		}
		return lang.Text{Zh: "否", En: "no"}
	case int64:
		if t.Money {
			return yuanText(x)
		}
		return t.measured(strconv.FormatInt(x, 10))
	case decimal.Decimal:
		return t.measured(numberText(x))
	case string:
		return same(x)
	case time.Time:
		year, month, day := x.Date()
		y, d := strconv.Itoa(year), strconv.Itoa(day)
		return lang.Text{Zh: y + "年" + strconv.Itoa(int(month)) + "月" + d + "日", En: d + " " + month.String() + " " + y}
	case []any, *Values:
		var w words
		w.write(&t, v)
		return lang.Text{Zh: string(w.zh), En: string(w.en)}
	default:
		return same(fmt.Sprint(v))
	}
}

// measured puts the unit behind a number.
func (t Type) measured(number string) lang.Text {
	if t.Unit.IsZero() {
		return same(number)
	}
	return lang.Text{Zh: number + t.Unit.Zh, En: number + " " + t.Unit.In(lang.En)}
}

// Decimals of numbers in texts. What somebody wrote has a few and is shown in full; a quotient has as many as a Number holds.
const (
	mostDecimals  = 10
	shownDecimals = 6
)

// numberText writes a number; one with more decimals than anybody writes is cut and ends in an ellipsis, never rounded: what is
// shown as 0.666666… is at least 0.666666. Numbers so small that nothing would be left show four digits.
func numberText(n decimal.Decimal) string {
	places := -n.Exponent()
	if places <= mostDecimals {
		return n.String()
	}
	if leading := places - int32(n.NumDigits()); leading >= shownDecimals {
		return n.Truncate(min(places, leading+4)).String() + "…"
	}
	return n.Truncate(shownDecimals).String() + "…"
}

// yuanText writes an amount in fen in yuan, with two decimals and commas between the thousands. Both texts are parts of one.
func yuanText(fen int64) lang.Text {
	const before, after = "CNY ", "元"
	var digits [24]byte
	s := strconv.AppendInt(digits[:0], fen, 10)
	var out [40]byte
	b := append(out[:0], before...)
	if s[0] == '-' {
		b, s = append(b, '-'), s[1:]
	}
	for len(s) < 3 {
		s = append([]byte{'0'}, s...)
	}
	whole := len(s) - 2
	for i := range whole {
		if i > 0 && (whole-i)%3 == 0 {
			b = append(b, ',')
		}
		b = append(b, s[i])
	}
	b = append(b, '.')
	b = append(b, s[whole:]...)
	both := string(append(b, after...))
	return lang.Text{Zh: both[len(before):], En: both[:len(both)-len(after)]}
}

func same(s string) lang.Text { return lang.Text{Zh: s, En: s} }

// words is a text of many parts in the making.
type words struct{ zh, en []byte }

func (w *words) add(zh, en string) { w.zh, w.en = append(w.zh, zh...), append(w.en, en...) }

func (w *words) text(t lang.Text) { w.add(t.Zh, t.In(lang.En)) }

// write joins the elements of a list, and writes the known members of a row with their labels; of a row without any that it is
// blank.
func (w *words) write(t *Type, v any) {
	switch x := v.(type) {
	case []any:
		if len(x) == 0 {
			w.text(t.Text(nil))
		}
		elem := t.Elem
		if elem == nil {
			elem = &Type{}
		}
		for i, e := range x {
			switch {
			case i == 0:
			case elem.Kind == Row:
				w.add("；", "; ")
			default:
				w.add("、", ", ")
			}
			w.write(elem, e)
			if i == 0 { // the others will be much alike
				w.zh, w.en = slices.Grow(w.zh, (len(x)-1)*(len(w.zh)+8)), slices.Grow(w.en, (len(x)-1)*(len(w.en)+8))
			}
		}
	case *Values:
		first := true
		for slot := range x.space.facts {
			if x.states[slot] != Known {
				continue
			}
			if !first {
				w.add("，", ", ")
			}
			first = false
			f := x.space.facts[slot]
			if f.Label.IsZero() {
				w.text(same(f.Path))
			} else {
				w.text(f.Label)
			}
			w.add(" ", " ")
			w.write(&f.Type, x.vals[slot])
		}
		if first {
			w.add("（未填写）", "(blank)")
		}
	default:
		w.text(t.Text(v))
	}
}
