// Package item holds the item document: what a city declares about one public service, as data. It decodes documents
// strictly against item.schema.json and says where they are wrong. It gives no meaning to rules: engine/plan does.
package item

import (
	"bytes"
	"encoding/json"
	"strings"
	"time"

	"github.com/tongban/tongban/rules/lang"
)

// SchemaVersion is the version of the document format this package writes. Older documents are upgraded when read.
const SchemaVersion = 1

// Definition is one item document (实施清单 of one service item). It is source: editable, possibly wrong. Nobody evaluates
// a Definition; plan.Compile turns it into a Plan.
type Definition struct {
	Schema        string    `json:"$schema,omitempty"`
	SchemaVersion int       `json:"schemaVersion,omitempty"`
	Code          string    `json:"code"`              // 基本编码 or local code: an opaque string, unique in the city
	Version       int       `json:"version,omitempty"` // of this item, from 1; a published version never changes
	Name          lang.Text `json:"name"`
	PlainName     lang.Text `json:"plainName,omitzero"` // what people call it
	Aliases       []string  `json:"aliases,omitempty"`  // more words people search by
	Summary       lang.Text `json:"summary,omitzero"`
	Type          Type      `json:"type"`
	CaseType      CaseType  `json:"caseType"`
	Authority     string    `json:"authority"` // key of a dictionary department
	// PowerSource is 权力来源; the authority's own by law when empty. EntrustedBy is the department whose power it is, which
	// an entrustment must name (委托部门).
	PowerSource PowerSource `json:"powerSource,omitempty"`
	EntrustedBy string      `json:"entrustedBy,omitempty"`
	// Joint are the departments that act together with the authority (联办机构); each has a stage on every route.
	Joint []string `json:"jointDepartments,omitempty"`
	Scope Scope    `json:"scope"` // 通办范围: where it can be taken
	// CrossRegion is how it is taken outside the city (通办形式); a scope beyond the city must say it.
	CrossRegion CrossRegion `json:"crossRegion,omitempty"`
	Channels    []Channel   `json:"channels"`
	// OnlineDepth is 网办深度: 1 information, 2 forms to fetch, 3 handed in and examined online, 4 everything; 0 is not stated.
	OnlineDepth int         `json:"onlineDepth,omitempty"`
	Visits      int         `json:"onSiteVisits"` // 到办事现场次数, 0 or more
	VisitReason lang.Text   `json:"onSiteReason,omitzero"`
	Delivery    []Delivery  `json:"delivery,omitempty"` // how a result reaches the person; at the window when empty
	Effective   Period      `json:"effective"`
	Legal       []Legal     `json:"legal"`
	Use         []string    `json:"use,omitempty"` // dictionary groups; a trailing "?" makes the group optional
	Sections    []Section   `json:"sections,omitempty"`
	Fields      []Field     `json:"fields,omitempty"`
	Conditions  []Condition `json:"conditions,omitempty"`
	Materials   []Material  `json:"materials,omitempty"`
	Derive      []Derive    `json:"derive,omitempty"`
	Fees        []Fee       `json:"fees,omitempty"`
	Limit       Limit       `json:"limit"`
	Supplement  *Supplement `json:"supplement,omitempty"` // what follows when the one-time notice is not answered
	Route       Route       `json:"route"`
	Procedures  []Procedure `json:"procedures,omitempty"`
	Results     []Result    `json:"results"`
	Examples    []Example   `json:"examples,omitempty"`
}

// Type is the kind of power or service (事项类型). Symbolic: national numbers conflict and are mapped at the edge.
type Type string

// CaseType says whether the case is decided on the spot (即办件) or within a promised time (承诺件).
type CaseType string

// Scope is the 通办范围 of an item.
type Scope string

// Channel is a 办理形式.
type Channel string

// PowerSource says where the power to decide comes from (权力来源).
type PowerSource string

// CrossRegion is a way of taking cases of other regions (国办发〔2020〕35号).
type CrossRegion string

// Delivery is a way in which a result reaches the person (送达方式).
type Delivery string

// The values of the enumerations; item.schema.json lists the same, and a test holds them together.
const (
	TypePermit        Type = "permit"         // 行政许可
	TypeBenefit       Type = "benefit"        // 行政给付
	TypeConfirmation  Type = "confirmation"   // 行政确认
	TypeReward        Type = "reward"         // 行政奖励
	TypeAdjudication  Type = "adjudication"   // 行政裁决
	TypeOtherPower    Type = "other-power"    // 其他行政权力
	TypePublicService Type = "public-service" // 公共服务

	CaseInstant CaseType = "instant" // 即办件
	CasePromise CaseType = "promise" // 承诺件

	PowerStatutory           PowerSource = "statutory"             // 法定本级行使
	PowerDelegated           PowerSource = "delegated"             // 上级下放
	PowerAuthorisedFromAbove PowerSource = "authorised-from-above" // 上级授权
	PowerAuthorised          PowerSource = "authorised"            // 同级授权
	PowerEntrustedFromAbove  PowerSource = "entrusted-from-above"  // 上级委托
	PowerEntrusted           PowerSource = "entrusted"             // 同级委托

	CrossOnline CrossRegion = "online" // 全程网办
	CrossProxy  CrossRegion = "proxy"  // 异地代收代办: the window of receipt checks forms and identity and sends the file on
	CrossJoint  CrossRegion = "joint"  // 多地联办

	DeliveryWindow     Delivery = "window"     // 窗口领取
	DeliveryMail       Delivery = "mail"       // 邮寄送达
	DeliveryElectronic Delivery = "electronic" // 电子送达

	ScopeStreet   Scope = "street"
	ScopeCounty   Scope = "county"
	ScopeCity     Scope = "city"
	ScopeProvince Scope = "province"
	ScopeNation   Scope = "nation"

	ChannelWindow Channel = "window"
	ChannelOnline Channel = "online"
	ChannelMobile Channel = "mobile"
	ChannelMail   Channel = "mail"
)

// Period is a range of civil dates (YYYY-MM-DD), both included; an empty To is open.
type Period struct {
	From string `json:"from"`
	To   string `json:"to,omitempty"`
}

// Legal is one article the item rests on (设定依据), named by id elsewhere in the document.
type Legal struct {
	ID         string `json:"id"`
	Title      string `json:"title"`                // full title of the instrument
	DocumentNo string `json:"documentNo,omitempty"` // 文号
	Article    string `json:"article,omitempty"`    // 条款
	Issuer     string `json:"issuer,omitempty"`
	Note       string `json:"note,omitempty"`
}

// Section is a heading of the form. Fields name it; dictionary groups bring their own.
type Section struct {
	Key   string    `json:"key"`
	Title lang.Text `json:"title"`
}

// Field is one fact the item asks for or computes; rules see it as form.<key>.
// Exactly one of Element (a dictionary data element), Schema (its own), Columns (a list of rows) and ChoicesOf is set; Value makes it
// computed (expr).
type Field struct {
	Key     string          `json:"key"`
	Element string          `json:"element,omitempty"`
	Schema  json.RawMessage `json:"schema,omitempty"` // JSON Schema 2020-12 of the value
	// Columns are fields without columns and sections of their own: elements of the dictionary or the item's own. Their rules
	// see the row as row.*, and the whole item. A column that is an element is computed, and filled in from the records of the
	// person whose number stands in the row, as the dictionary says.
	Columns []Field `json:"columns,omitempty"`
	// ChoicesOf names a parameter of the dictionary with one key, such as a contribution tier. The choices are the values of the
	// key for which the parameter has a value today, each shown with that value.
	ChoicesOf string    `json:"choicesOf,omitempty"`
	MinRows   int       `json:"minRows,omitempty"`
	MaxRows   int       `json:"maxRows,omitempty"` // 0 is facts.DefaultMaxItems
	Label     lang.Text `json:"label,omitzero"`
	Help      lang.Text `json:"help,omitzero"`
	Choices   []Choice  `json:"choices,omitempty"` // labels of an enum, or of that of the elements of a list
	Unit      lang.Text `json:"unit,omitzero"`     // of a number that is no money: 天 / days
	Section   string    `json:"section,omitempty"`
	When      string    `json:"when,omitempty"`     // CEL: asked only if it holds
	Optional  bool      `json:"optional,omitempty"` // may be left blank: then it is known to be absent
	Value     string    `json:"value,omitempty"`    // expr: computed, never asked
}

// Choice labels one value of an enumeration.
type Choice struct {
	Value any       `json:"value"`
	Label lang.Text `json:"label"`
}

// Condition is one acceptance condition (受理条件).
type Condition struct {
	ID        string    `json:"id"`
	Title     lang.Text `json:"title,omitzero"`
	ForEach   string    `json:"forEach,omitempty"` // a list fact: every row must meet it; rules see row.*
	Rule      string    `json:"rule"`              // CEL, boolean
	When      string    `json:"when,omitempty"`    // CEL: the condition applies (to the row) only if it holds
	Legal     []string  `json:"legal,omitempty"`
	Otherwise lang.Text `json:"otherwise"` // what the person is told when it is not met
}

// Material is one required document (申请材料): a reference to the dictionary and what is particular to this item.
type Material struct {
	Material string    `json:"material"`
	Of       string    `json:"of,omitempty"`      // whose: a party group; "applicant" when empty
	ForEach  string    `json:"forEach,omitempty"` // a list fact: one is needed for each of its rows, which rules see as row.*
	When     string    `json:"when,omitempty"`    // CEL: needed only if it holds
	Group    string    `json:"group,omitempty"`   // one of the needed materials with the same group is enough
	Optional bool      `json:"optional,omitempty"`
	Legal    []string  `json:"legal,omitempty"`
	Tolerate *Tolerate `json:"tolerate,omitempty"` // 容缺后补
	Note     lang.Text `json:"note,omitzero"`
}

// Tolerate allows a material to follow after acceptance, within so many working days (容缺受理).
type Tolerate struct {
	Days int `json:"days"`
}

// Derive is a value the item concludes; rules after it see it as result.<key>. Exactly one of Value, Table and Versions
// is set.
type Derive struct {
	Key   string    `json:"key"`
	Label lang.Text `json:"label"`
	// Type is that of one value: "money" (fen), "integer", "number", "boolean", "string", "date". A table that collects into
	// a list gives a list of these. It is empty where the outputs of the table have their own.
	Type string `json:"type,omitempty"`
	List bool   `json:"list,omitempty"` // the formula gives a list of values of Type
	// ForEach names a list fact, of rows or of plain values, asked or concluded. The value is concluded for each of its rows,
	// which rules see as row.* (row.number counts from 1, row.value is a plain value), and the result is the list of these
	// values, in order; rows for which When does not hold give none. What was concluded for the same row by other entries is
	// row.<key>.
	ForEach string `json:"forEach,omitempty"`
	When    string `json:"when,omitempty"` // CEL: concluded only if it holds, otherwise known to be absent
	Value   string `json:"value,omitempty"`
	Table   *Table `json:"table,omitempty"`
	// Versions are the formulas of the law over time, in order; AsOf (expr) is the day whose version counts, today when empty.
	Versions []ValueVersion `json:"versions,omitempty"`
	AsOf     string         `json:"asOf,omitempty"`
	Round    string         `json:"round,omitempty"`   // "down", "up", "half-up", "half-even": how a formula becomes fen or an integer
	Unit     lang.Text      `json:"unit,omitzero"`     // of a number that is no money: 天 / days
	Choices  []Choice       `json:"choices,omitempty"` // all that it may give, with labels
	Legal    []string       `json:"legal,omitempty"`
	Hidden   bool           `json:"hidden,omitempty"` // an intermediate step: traced, not shown to residents
}

// ValueVersion is the formula in force from a day until the next version, or until To.
type ValueVersion struct {
	From  string `json:"from"`
	To    string `json:"to,omitempty"` // the last day
	Value string `json:"value"`
}

// Table is a decision table: typed input columns in DMN unary tests, one or more output columns in expr. Its rows hold on
// every day, or Versions say which rows hold when.
type Table struct {
	Hit    string       `json:"hit"`              // "unique", "first", "any", "collect-sum", ...
	Inputs []TableInput `json:"inputs,omitempty"` // none: every row holds, such as the one of each version
	// Outputs are the output columns. Rules see each as result.<derive>.<output>. Without any there is one, which has the
	// type of the derive and is seen as result.<derive>.
	Outputs []TableOutput `json:"outputs,omitempty"`
	Values  []any         `json:"values,omitempty"` // TableOutput.Values of the one output where there are no Outputs
	TableRows
	AsOf     string         `json:"asOf,omitempty"` // expr: the day whose version counts; today when empty
	Versions []TableVersion `json:"versions,omitempty"`
}

// AllRows are the rows of every version, or those that always hold.
func (t *Table) AllRows() []*TableRows {
	out := []*TableRows{&t.TableRows}
	for i := range t.Versions {
		out = append(out, &t.Versions[i].TableRows)
	}
	return out
}

// TableRows are the rows of a table and what belongs to them.
type TableRows struct {
	Rows    []TableRow          `json:"rows,omitempty"`
	Default Outputs             `json:"default,omitempty"`
	Legal   map[string][]string `json:"legal,omitempty"` // index of a row, from 0 -> legal ids
}

// TableVersion are the rows in force from a day until the next version, or until To.
type TableVersion struct {
	From string `json:"from"`
	To   string `json:"to,omitempty"` // the last day
	TableRows
}

// TableOutput is an output column.
type TableOutput struct {
	Key   string    `json:"key"`
	Type  string    `json:"type"` // as Derive.Type
	Label lang.Text `json:"label"`
	// Values are all that the column may give. For the hit policies priority and output-order their order is the priority,
	// the highest first.
	Values  []any     `json:"values,omitempty"`
	Round   string    `json:"round,omitempty"` // as Derive.Round
	Unit    lang.Text `json:"unit,omitzero"`
	Choices []Choice  `json:"choices,omitempty"` // as Derive.Choices
}

// TableInput is an input column: an expr over the facts.
type TableInput struct {
	Expr  string    `json:"expr"`
	Label lang.Text `json:"label,omitzero"`
	// Values is a cell that every value of the input satisfies, such as ">= 1". Another value is an evaluation error.
	Values Possible `json:"values,omitempty"`
}

// Possible is a unary test. In JSON a list of values may stand for it.
type Possible string

// UnmarshalJSON reads a string, or a list of values; in a list, texts of the form of a date are dates.
func (p *Possible) UnmarshalJSON(raw []byte) error {
	if len(raw) > 0 && raw[0] == '"' {
		return json.Unmarshal(raw, (*string)(p))
	}
	var values []json.RawMessage
	if err := json.Unmarshal(raw, &values); err != nil {
		return err
	}
	cells := make([]string, len(values))
	for i, v := range values {
		cells[i] = string(v)
		if text := strings.Trim(cells[i], `"`); len(text) == len(time.DateOnly) && len(cells[i]) == len(text)+2 {
			if _, err := time.Parse(time.DateOnly, text); err == nil {
				cells[i] = text
			}
		}
	}
	*p = Possible(strings.Join(cells, ","))
	return nil
}

// TableRow has one cell for each input and the outputs.
type TableRow struct {
	When []string `json:"when,omitempty"`
	Then Outputs  `json:"then"`
}

// Outputs are the outputs of a row in expr, one for each output column; "nil" gives no value. In JSON a single one may stand
// alone.
type Outputs []string

// UnmarshalJSON reads a string, or a list of strings.
func (o *Outputs) UnmarshalJSON(raw []byte) error {
	if len(raw) > 0 && raw[0] == '"' {
		*o = make(Outputs, 1)
		return json.Unmarshal(raw, &(*o)[0])
	}
	return json.Unmarshal(raw, (*[]string)(o))
}

// MarshalJSON writes a single output alone.
func (o Outputs) MarshalJSON() ([]byte, error) {
	var v any = []string(o)
	if len(o) == 1 {
		v = o[0]
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false) // as Encode, which keeps < readable
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimRight(b.Bytes(), "\n"), nil
}

// Fee is one charge (收费项目). A fee without legal basis is refused.
type Fee struct {
	ID      string    `json:"id"`
	Label   lang.Text `json:"label"`
	ForEach string    `json:"forEach,omitempty"` // a list fact: charged for each of its rows, which rules see as row.*
	Value   string    `json:"value"`             // expr, fen
	When    string    `json:"when,omitempty"`
	Legal   []string  `json:"legal,omitempty"`
	// Standard is 收费标准 in words, for a fee that no parameter sets.
	Standard  lang.Text  `json:"standard,omitzero"`
	Reduction *Reduction `json:"reduction,omitempty"`
}

// Reduction says who pays less or nothing (减免), and on what that rests.
type Reduction struct {
	For   lang.Text `json:"for"`
	Legal []string  `json:"legal,omitempty"`
}

// Limit holds the statutory and the promised time limit (法定/承诺办结时限). A nil Statutory means the law sets none. Where the
// limit depends on the case, the first of Choose whose condition holds replaces both.
type Limit struct {
	Statutory *Term         `json:"statutory"`
	Promised  Term          `json:"promised"`
	Choose    []LimitChoice `json:"choose,omitempty"`
	// After is the clock behind a decision in the applicant's favour: until when the result is to be handed over, or what was
	// granted is to begin (行政许可法 44, ten working days; 法律援助法 43, three days).
	After *After `json:"after,omitempty"`
}

// LimitChoice is a pair of limits that holds for the cases its condition names.
type LimitChoice struct {
	When      string    `json:"when"` // CEL
	Statutory *Term     `json:"statutory"`
	Promised  Term      `json:"promised"`
	Why       lang.Text `json:"why,omitzero"`
}

// After is what is still to be done after the decision, and how soon.
type After struct {
	Term
	Name lang.Text `json:"name"` // what is to be done: 颁发、送达; 指派律师
}

// Supplement says how long the applicant has to answer the one-time notice, and what follows by law when they do not.
type Supplement struct {
	Within Term  `json:"within"`
	Then   Lapse `json:"then"`
}

// Lapse is what follows when the time to supplement passed.
type Lapse string

// The ways a case may end unanswered. Neither is a refusal: the person may apply again.
const (
	LapseWithdrawn Lapse = "withdrawn" // 视为撤回申请 (法律援助法 43)
	LapseReturned  Lapse = "returned"  // 退件
)

// Procedure is a special procedure of the item (特别程序): something that may, or must, happen to an accepted case beside
// being checked and decided.
type Procedure struct {
	Key   string        `json:"key"`
	Kind  ProcedureKind `json:"kind"`
	Name  lang.Text     `json:"name"`
	Legal []string      `json:"legal,omitempty"`
	// Stages are the keys of the stages of the route at which it may happen; at any after acceptance when empty.
	Stages   []string `json:"stages,omitempty"`
	When     string   `json:"when,omitempty"`     // CEL: it belongs to the case only if this holds
	Required bool     `json:"required,omitempty"` // nothing is granted before it was concluded
	// Suspends stops the clock while it lasts (行政许可法 45). An extension lengthens the limit instead.
	Suspends bool `json:"suspends,omitempty"`
	// Term is how long an inquiry may last at most, how long something is published, or by how much a limit is extended.
	Term *Term `json:"term,omitempty"`
	// Shows are the facts a publicity tells, beside the item: each redacted as its kind demands.
	Shows []string `json:"shows,omitempty"`
	// Objection names an inquiry that an objection to a publicity opens: it is concluded before the objection is answered.
	Objection string `json:"objection,omitempty"`
}

// ProcedureKind is what a special procedure is.
type ProcedureKind string

// The kinds of special procedure.
const (
	Inquiry   ProcedureKind = "inquiry"   // 听证、检验、检测、鉴定、专家评审、评定、核对: somebody has to find something out
	Extension ProcedureKind = "extension" // 延长期限 (行政许可法 42): more time, with the head's approval, a reason and a notice
	Publicity ProcedureKind = "publicity" // 公示: what is about to be decided is published, and objections are heard
)

// Term is a length of time. N is 0 only for an instant item.
type Term struct {
	N     int      `json:"n"`
	Unit  Unit     `json:"unit"`
	Legal []string `json:"legal,omitempty"`
}

// Unit is the unit of a term: domain rules for counting differ by unit, so they are never converted silently.
type Unit string

// The units.
const (
	Workday Unit = "workday" // 工作日
	Day     Unit = "day"     // 自然日, with the last-day rule (民法典 203)
	Month   Unit = "month"   // 月 (民法典 202)
)

// Route says which offices the case visits. Template names a route of the dictionary; Choose picks one by condition,
// the first that holds. Jurisdiction is an expr giving the division code whose offices are competent.
type Route struct {
	Jurisdiction string        `json:"jurisdiction"`
	Template     string        `json:"template,omitempty"`
	Choose       []RouteChoice `json:"choose,omitempty"`
}

// RouteChoice is one alternative; an empty When always holds and must be last.
type RouteChoice struct {
	When     string    `json:"when,omitempty"`
	Template string    `json:"template"`
	Why      lang.Text `json:"why,omitzero"`
}

// Result is what a granted case produces (办理结果).
type Result struct {
	Kind    ResultKind `json:"kind"`
	Name    lang.Text  `json:"name"`
	ForEach string     `json:"forEach,omitempty"` // a list fact: one for each of its rows, which rules see as row.*
	When    string     `json:"when,omitempty"`
	Value   string     `json:"value,omitempty"` // expr: e.g. the monthly amount in fen
	Of      string     `json:"type,omitempty"`  // of the value, as Derive.Type; money for an entitlement or a payment, anything for the other kinds
	Unit    lang.Text  `json:"unit,omitzero"`   // of a number that is no money: 天 / days
	Valid   *Term      `json:"valid,omitempty"` // validity of a licence
	Type    string     `json:"licence,omitempty"`
}

// ResultKind is a kind of result.
type ResultKind string

// The kinds of result.
const (
	ResultEntitlement ResultKind = "entitlement" // a benefit that runs on
	ResultPayment     ResultKind = "payment"     // paid once
	ResultLicence     ResultKind = "licence"     // 出证
	ResultDocument    ResultKind = "document"    // 出文
	ResultNone        ResultKind = "none"        // 审批办结
)

// Example is a test a policy officer writes: given facts, expected outcome. Publishing runs all of them.
type Example struct {
	Name   string          `json:"name"`
	At     string          `json:"at"` // the evaluation date
	Given  json.RawMessage `json:"given"`
	Expect Expect          `json:"expect"`
}

// Expect lists only what the example is about; what is not named is not compared.
type Expect struct {
	Verdict    string            `json:"verdict,omitempty"`    // met, unmet, undetermined
	Conditions map[string]string `json:"conditions,omitempty"` // id -> met, unmet, undetermined, not-applicable
	Materials  map[string]string `json:"materials,omitempty"`  // key or key@party -> required, optional, not-needed, undetermined
	Satisfied  map[string]string `json:"satisfied,omitempty"`  // key or key@party -> licence type, "form", "upload", or "" for not
	Fields     map[string]any    `json:"fields,omitempty"`     // path -> value; null for absent
	Shown      map[string]bool   `json:"shown,omitempty"`      // path -> asked or shown at all
	Result     map[string]any    `json:"result,omitempty"`     // derived key -> value; null for absent
	Fees       any               `json:"fees,omitempty"`       // total, fen; as all amounts and numbers also with a tolerance, {"value": …, "within": …}
	Offices    []string          `json:"offices,omitempty"`    // office keys in the order of the route
	Promised   string            `json:"promised,omitempty"`   // due date when accepted on At
	Procedures map[string]string `json:"procedures,omitempty"` // key -> required, possible, on-objection, not-needed, undetermined
	Questions  []string          `json:"questions,omitempty"`  // paths, in order
	Errors     []string          `json:"errors,omitempty"`     // codes of answer errors, as code@path
}
