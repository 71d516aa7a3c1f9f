// Package dictionary holds the vocabulary a city shares between items: data elements, groups, materials, licence types,
// parameters, departments, divisions, offices, route templates and the working-day calendar. An item refers to it and never
// repeats it. A Dictionary is immutable once loaded and safe for concurrent use.
package dictionary

import (
	"encoding/json"
	"strconv"
	"strings"

	"github.com/tongban/tongban/rules/facts"
	"github.com/tongban/tongban/rules/lang"
)

// Element is a data element (数据元): a fact that means the same in every item.
type Element struct {
	Key       string          `json:"key"`
	Label     lang.Text       `json:"label"`
	Help      lang.Text       `json:"help,omitzero"`
	Schema    json.RawMessage `json:"schema"`              // JSON Schema of the value; see facts.TypeOf for the formats understood
	Choices   []Choice        `json:"choices,omitempty"`   // labels of an enum
	Sensitive Sensitivity     `json:"sensitive,omitempty"` // decides masking in lists and logs
	Sources   []string        `json:"sources,omitempty"`   // in order: "resident.<key>", "licence.<type>.<face key>"; the person comes last
	// FreshMonths is for how many months after it was last confirmed the register's value counts, the last day included; 0 is for
	// ever. An older one is not filled in: it is said that there is one, and the person is asked. Licences are live or not there.
	FreshMonths int    `json:"freshMonths,omitempty"`
	Locked      bool   `json:"locked,omitempty"` // a value from a source may not be overwritten at the window
	Value       string `json:"value,omitempty"`  // expr over the same group, as "self.<key>": computed, never asked
}

// Choice labels one value of an enumeration.
type Choice struct {
	Value any       `json:"value"`
	Label lang.Text `json:"label"`
}

// Sensitivity says how a value is masked where it is not needed.
type Sensitivity string

// The classes.
const (
	Public    Sensitivity = ""
	Personal  Sensitivity = "personal"  // masked in lists
	Sensitive Sensitivity = "sensitive" // 敏感个人信息 (个人信息保护法 28): masked in lists and shown only for a purpose
)

// Group is a set of data elements that belongs to one party or thing: applicant, agent, payee, ...
// Rules see <group>.<element>, and <group>.present where an item uses the group optionally.
type Group struct {
	Key      string        `json:"key"`
	Title    lang.Text     `json:"title"`
	Ask      lang.Text     `json:"ask,omitzero"` // the question that switches an optional group on
	Party    bool          `json:"party,omitempty"`
	Elements []GroupMember `json:"elements"`
}

// GroupMember places an element in a group.
type GroupMember struct {
	Element  string    `json:"element"`
	Key      string    `json:"key,omitempty"`  // name in the group; the element's key when empty
	Label    lang.Text `json:"label,omitzero"` // overrides the element's
	When     string    `json:"when,omitempty"` // CEL over facts, "self.<key>" meaning this group
	Optional bool      `json:"optional,omitempty"`
	// Sources, Locked and Help replace the element's where the group knows more: the applicant's number was checked when the
	// application was opened, an agent's is typed.
	Sources []string  `json:"sources,omitempty"`
	Locked  bool      `json:"locked,omitempty"`
	Help    lang.Text `json:"help,omitzero"`
}

// Name is the member's name in its group: rules see <group>.<name>.
func (m GroupMember) Name() string {
	if m.Key != "" {
		return m.Key
	}
	return m.Element
}

// Material is a document type (材料) of the city.
type Material struct {
	Key         string    `json:"key"`
	Name        lang.Text `json:"name"`
	Kind        string    `json:"kind"`               // "certificate", "form", "other"
	Form        string    `json:"form"`               // "paper", "electronic", "both"
	Source      string    `json:"source"`             // "applicant", "government", "other"
	Issuer      lang.Text `json:"issuer,omitzero"`    // who issues it
	Standard    lang.Text `json:"standard,omitzero"`  // 受理标准
	Copies      int       `json:"copies,omitempty"`   // paper copies kept
	Licences    []string  `json:"licences,omitempty"` // licence types that make it unnecessary to hand it in
	FromForm    bool      `json:"fromForm,omitempty"` // produced by the form itself (申请表)
	Promise     bool      `json:"promise,omitempty"`  // may be replaced by a signed promise (告知承诺)
	Legal       []string  `json:"legal,omitempty"`    // free text basis in general law
	MaxBytes    int64     `json:"maxBytes,omitempty"`
	IssuedDays  int       `json:"issuedWithinDays,omitempty"`
	Description lang.Text `json:"description,omitzero"`
	// Blank is what stands on the empty form (空白表格), for a form that people fill in by hand.
	Blank lang.Text `json:"blank,omitzero"`
}

// LicenceType is a type of electronic licence in the residents' library (居民基础电子证照库).
// Rules see licences.<key>.present and licences.<key>.<face key>.
type LicenceType struct {
	Key      string    `json:"key"`
	Name     lang.Text `json:"name"`
	TypeCode string    `json:"typeCode"` // 21 characters: USCC of the defining body and three digits (GB/T 36904)
	Issuer   string    `json:"issuer"`   // department key
	// Item is the code of the item of this platform whose result it is: its holder is never asked for it on paper.
	Item string `json:"item,omitempty"`
	Face []Face `json:"face"` // 照面 items
}

// Face is one item on the face of a licence type.
type Face struct {
	Key     string          `json:"key"`
	Label   lang.Text       `json:"label"`
	Schema  json.RawMessage `json:"schema"`
	Choices []Choice        `json:"choices,omitempty"`
}

// Parameter is an amount, standard or threshold set by a document and dated. Rules see param.<key>.
type Parameter struct {
	Key          string          `json:"key"`
	Label        lang.Text       `json:"label"`
	Schema       json.RawMessage `json:"schema"`
	Choices      []Choice        `json:"choices,omitempty"` // labels of an enum
	Unit         lang.Text       `json:"unit,omitzero"`
	Illustrative bool            `json:"illustrative,omitempty"` // a stand-in for a local value not known here
	// By makes it a table of values: one for each combination of keys, such as a division and urban or rural. Rules then read
	// it as param_<key>(date, keys...) only; a parameter without By is also the fact param.<key>.
	By     []ParameterKey `json:"by,omitempty"`
	Series []Dated        `json:"series"` // in order of From, for each combination of keys
}

// ParameterKey is one key of a parameter: a division, whose values hold for everything inside it that has none of its own, or
// a text, number or boolean of Schema.
type ParameterKey struct {
	Key      string          `json:"key"`
	Label    lang.Text       `json:"label,omitzero"`
	Division bool            `json:"division,omitempty"`
	Schema   json.RawMessage `json:"schema,omitempty"`
	Choices  []Choice        `json:"choices,omitempty"` // labels of an enum
}

// Dated is a value in force from From to To (civil dates, both included; without To until the next one of the same keys, or open).
type Dated struct {
	From     string          `json:"from"`
	To       string          `json:"to,omitempty"`
	Keys     []string        `json:"keys,omitempty"` // one for each of By; see Open
	Value    json.RawMessage `json:"value"`
	Document string          `json:"document"` // 文号 or title it rests on
}

// AnyKey in Dated.Keys stands for every key of its position that has no value of its own on the day.
const AnyKey = "*"

// Open reads a key that stands for many, as they are written in Dated.Keys: AnyKey, or with a whole number as "8+" for that
// number and every greater one, up to the next that is written. Keys of divisions and texts have only the first. A value of its
// own comes before any of these, a value of a division around it too, and "8+" before AnyKey.
func (k *ParameterKey) Open(key string) (least int64, any, ok bool) {
	if key == AnyKey {
		return 0, true, true
	}
	digits, open := strings.CutSuffix(key, "+")
	typ, found := facts.TypeOf(k.Schema, "")
	if !open || k.Division || found.HasErrors() || typ.Kind != facts.Int {
		return 0, false, false
	}
	least, err := strconv.ParseInt(digits, 10, 64)
	return least, false, err == nil && strconv.FormatInt(least, 10) == digits
}

// Department is a line of business (部门), independent of level.
type Department struct {
	Key  string    `json:"key"`
	Name lang.Text `json:"name"`
}

// Level is one of the four linked levels (四级).
type Level string

// The four levels, lowest first.
const (
	LevelCommunity Level = "community"
	LevelStreet    Level = "street"
	LevelCounty    Level = "county"
	LevelCity      Level = "city"
)

// Division is an administrative division (行政区划), in China with a code of 6, 9 or 12 digits (GB/T 2260). Fictional marks demo communities.
type Division struct {
	Code      string `json:"code"`
	Name      string `json:"name"`
	Level     Level  `json:"level"`
	Parent    string `json:"parent,omitempty"`
	Fictional bool   `json:"fictional,omitempty"`
	// Review and Court are the bodies to which somebody turns who disagrees with an office of this division, or of one within
	// it that names none: the government that reviews (行政复议法 24) and the people's court (行政诉讼法 18).
	Review string `json:"review,omitempty"`
	Court  string `json:"court,omitempty"`
}

// Office is an organisation that takes or decides cases. The organisation tree is not the division tree: several offices
// may serve one division, each for its departments.
type Office struct {
	Key         string   `json:"key"`
	USCC        string   `json:"uscc,omitempty"` // unified social credit code, in China
	Name        string   `json:"name"`
	Level       Level    `json:"level"`
	Division    string   `json:"division"`              // the division it serves
	Departments []string `json:"departments,omitempty"` // lines it decides for; empty for a service window (便民服务中心)
	Window      bool     `json:"window,omitempty"`      // takes cases from the public
	Phone       string   `json:"phone,omitempty"`
	Address     string   `json:"address,omitempty"`
}

// RouteTemplate is an ordered list of stages many items share.
type RouteTemplate struct {
	Key    string    `json:"key"`
	Name   lang.Text `json:"name"`
	Stages []Stage   `json:"stages"`
}

// Act is what an office does at a stage.
type Act string

// The acts.
const (
	ActAccept Act = "accept" // 受理: the first stage of every route
	ActCheck  Act = "check"  // 审核
	ActDecide Act = "decide" // 决定: the last stage of every route
)

// Authority is the Department of a Stage that means the item's own.
const Authority = "$authority"

// Stage is one stop of a route: the office of Level in the jurisdiction that decides for Department
// ("$authority" is the item's own; empty is the window that takes cases there).
type Stage struct {
	Key        string    `json:"key"`
	Name       lang.Text `json:"name"`
	Act        Act       `json:"act"`
	Level      Level     `json:"level"`
	Department string    `json:"department"`
	Days       int       `json:"days,omitempty"` // its share of the clock, working days; 0 for none of its own
}
