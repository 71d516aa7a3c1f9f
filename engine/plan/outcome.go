package plan

import (
	"encoding/json"

	"github.com/tongban/tongban/engine/dictionary"
	"github.com/tongban/tongban/rules/lang"
)

// Input is everything an evaluation may know. Nothing else is read: no clock, no store.
//
// Answers is the tree people fill in: {"applicant": {...}, "agent": {...} or null, "form": {...}}. A missing key is
// unknown (not asked yet), null is known to be absent.
type Input struct {
	Date      string                         `json:"date" format:"date" doc:"The evaluation date, which rules see as today"`
	Answers   json.RawMessage                `json:"answers,omitempty"`
	Registers map[string]Register            `json:"registers,omitempty" doc:"Resident records by party group"`
	Licences  map[string]map[string]*Licence `json:"licences,omitempty" doc:"Licences by party group and type; null means known to be absent, a missing key unknown"`
	People    map[string]Person              `json:"people,omitempty" doc:"Records of persons named in rows of lists, by their identity number; nobody else's are asked for"`
	Provided  map[string]string              `json:"provided,omitempty" doc:"Materials handed in: key or key@party -> upload, paper"`
	Case      CaseFacts                      `json:"case,omitempty"`
	Final     bool                           `json:"final,omitempty" doc:"The person has finished: blank optional fields are known to be absent, blank required ones are errors"`
	Fixed     *Fixed                         `json:"-"`
}

// CaseFacts are the facts of the case itself, which rules see as case.*.
type CaseFacts struct {
	Channel    string `json:"channel,omitempty" enum:"window,online,mobile,mail"`
	Division   string `json:"division,omitempty" doc:"Division code of the receiving office"`
	ReceivedOn string `json:"receivedOn,omitempty" format:"date"`
	AcceptedOn string `json:"acceptedOn,omitempty" format:"date" doc:"When the legal clock started, if it has"`
}

// Person is what is on record about somebody named in a row of a list.
type Person struct {
	Register *Register           `json:"register,omitempty"`
	Licences map[string]*Licence `json:"licences,omitempty" doc:"By type; null means known to be absent, a missing key unknown"`
}

// Register is what the resident register knows of one person: element key -> value.
type Register struct {
	Values map[string]json.RawMessage `json:"values"`
	AsOf   string                     `json:"asOf,omitempty" doc:"When the record was last confirmed"`
}

// Licence is one valid e-licence on record. Only valid ones are given to an evaluation; validity is decided at use.
type Licence struct {
	Identifier string                     `json:"identifier"`
	Number     string                     `json:"number"`
	IssuedOn   string                     `json:"issuedOn,omitempty"`
	ValidTo    string                     `json:"validTo,omitempty"`
	Face       map[string]json.RawMessage `json:"face,omitempty"`
}

// Verdict is a three-valued result. An evaluation error is a Problem, never a verdict.
type Verdict string

// The verdicts.
const (
	Met          Verdict = "met"
	Unmet        Verdict = "unmet"
	Undetermined Verdict = "undetermined"
)

// Outcome is what an item says about an Input: the contract between the engine and every screen.
type Outcome struct {
	Item        ItemRef         `json:"item"`
	Date        string          `json:"date"`
	Sections    []Section       `json:"sections" doc:"The form, in order"`
	Schema      json.RawMessage `json:"schema" doc:"Effective JSON Schema of the answers that are asked now"`
	Eligibility Eligibility     `json:"eligibility"`
	Questions   []Question      `json:"questions" doc:"Facts that can still change the outcome, most decisive first"`
	Materials   []Material      `json:"materials"`
	Derived     []Derived       `json:"derived"`
	Fees        Fees            `json:"fees"`
	Limit       Limit           `json:"limit"`
	Route       Route           `json:"route"`
	Procedures  []Procedure     `json:"procedures,omitempty" doc:"What may, or must, happen to an accepted case beside its stages"`
	Results     []Result        `json:"results"`
	Parameters  []Parameter     `json:"parameters" doc:"Which value of which date was used"`
	Problems    []Problem       `json:"problems" doc:"Answer errors at their fields, and evaluation errors; any of severity error blocks submission"`
	Todo        []Problem       `json:"todo" doc:"What is still to be done before it can be submitted: required fields left blank, needed materials not there yet"`
	Ready       bool            `json:"ready" doc:"May be submitted: no problem of severity error and nothing to do. An unmet condition does not prevent it: nobody is refused by a machine"`
}

// ItemRef pins an item version.
type ItemRef struct {
	Code    string    `json:"code"`
	Version int       `json:"version"`
	Plan    string    `json:"plan" doc:"Hash of the compiled item and everything of the dictionary it uses"`
	Name    lang.Text `json:"name"`
}

// Section is a heading of the form with the fields under it.
type Section struct {
	Key      string    `json:"key"`
	Title    lang.Text `json:"title"`
	Optional bool      `json:"optional,omitempty" doc:"The whole section is switched on by the field <key>.present"`
	Fields   []Field   `json:"fields"`
}

// Field is one fact of the form, shown now.
type Field struct {
	Path      string                 `json:"path" doc:"Name in the facts, such as applicant.name"`
	Label     lang.Text              `json:"label"`
	Help      lang.Text              `json:"help,omitzero"`
	Schema    json.RawMessage        `json:"schema" doc:"Effective JSON Schema"`
	Widget    string                 `json:"widget" enum:"text,longtext,number,money,date,boolean,choice,division,idcard,phone,bankcard,list" doc:"How it is drawn"`
	Choices   []Choice               `json:"choices,omitempty"`
	Required  bool                   `json:"required"`
	Computed  bool                   `json:"computed,omitempty" doc:"Follows from other facts; never asked"`
	Editable  bool                   `json:"editable"`
	State     string                 `json:"state" enum:"unknown,absent,known"`
	Value     json.RawMessage        `json:"value,omitempty"`
	Source    *Source                `json:"source,omitempty" doc:"Where the value came from"`
	Differs   json.RawMessage        `json:"differs,omitempty" doc:"What the source says, where the person stated otherwise"`
	Sensitive dictionary.Sensitivity `json:"sensitive,omitempty"`
	Columns   []Column               `json:"columns,omitempty" doc:"Of a list of rows, its columns in order"`
	Rows      []FieldRow             `json:"rows,omitempty" doc:"Of a list whose columns have rules or sources of their own, what is known of each cell"`
}

// Column is one column of a list of rows.
type Column struct {
	Key         string                 `json:"key" doc:"Name in the rows of the value, and row.<key> in rules"`
	Label       lang.Text              `json:"label"`
	Help        lang.Text              `json:"help,omitzero"`
	Widget      string                 `json:"widget" enum:"text,longtext,number,money,date,boolean,choice,division,idcard,phone,bankcard,list" doc:"How it is drawn"`
	Choices     []Choice               `json:"choices,omitempty"`
	Required    bool                   `json:"required,omitempty"`
	Computed    bool                   `json:"computed,omitempty" doc:"Follows from other facts; never asked"`
	Conditional bool                   `json:"conditional,omitempty" doc:"Asked in some rows only: those that have a cell for it"`
	Sensitive   dictionary.Sensitivity `json:"sensitive,omitempty"`
}

// FieldRow is one row of a list and the cells that are shown in it.
type FieldRow struct {
	Number int       `json:"number" doc:"From 1"`
	Name   lang.Text `json:"name" doc:"What people call the row, such as a member's name"`
	Cells  []Cell    `json:"cells"`
}

// Cell is one fact of a row, shown now.
type Cell struct {
	Column   string          `json:"column"`
	State    string          `json:"state" enum:"unknown,absent,known"`
	Value    json.RawMessage `json:"value,omitempty"`
	Text     lang.Text       `json:"text,omitzero" doc:"The value as people write it"`
	Source   *Source         `json:"source,omitempty" doc:"Where the value came from"`
	Differs  json.RawMessage `json:"differs,omitempty" doc:"What the source says, where the person stated otherwise"`
	Editable bool            `json:"editable,omitempty"`
}

// Choice is one allowed value and its label.
type Choice struct {
	Value any       `json:"value"`
	Label lang.Text `json:"label"`
}

// Source says where a value came from.
type Source struct {
	Kind  string    `json:"kind" enum:"person,register,licence,computed,given" doc:"given: an example states it"`
	Name  lang.Text `json:"name,omitzero" doc:"The licence type or register"`
	Ref   string    `json:"ref,omitempty" doc:"Licence number"`
	AsOf  string    `json:"asOf,omitempty"`
	Party string    `json:"party,omitempty"`
}

// Eligibility is the pre-check (预审). It is never a decision: refusing takes an officer, reasons and remedies.
type Eligibility struct {
	Verdict    Verdict     `json:"verdict" enum:"met,unmet,undetermined"`
	Conditions []Condition `json:"conditions"`
}

// Condition is one acceptance condition with its explanation.
type Condition struct {
	ID        string         `json:"id"`
	Title     lang.Text      `json:"title,omitzero"`
	Verdict   string         `json:"verdict" enum:"met,unmet,undetermined,not-applicable,error"`
	Sentence  lang.Text      `json:"sentence" doc:"The rule in words"`
	Clauses   []Clause       `json:"clauses" doc:"Its parts, each with its own verdict; of a condition on every row, those of the rows"`
	Otherwise lang.Text      `json:"otherwise,omitzero"`
	Legal     []LegalRef     `json:"legal,omitempty"`
	Missing   []string       `json:"missing,omitempty" doc:"Paths of facts that would settle it"`
	Rows      []ConditionRow `json:"rows,omitempty" doc:"Of a condition on every row of a list, each row. It is met when every row to which it applies meets it"`
}

// ConditionRow is what a condition on every row of a list comes to for one of them.
type ConditionRow struct {
	Number  int       `json:"number" doc:"From 1"`
	Name    lang.Text `json:"name" doc:"What people call the row, such as a member's name"`
	Verdict string    `json:"verdict" enum:"met,unmet,undetermined,not-applicable,error"`
	Clauses []Clause  `json:"clauses,omitempty" doc:"Of a row that does not meet it: the parts with what was found. Facts of the row are called row.<column>"`
	Missing []string  `json:"missing,omitempty" doc:"Paths of facts that would settle it"`
}

// Clause is one part of a condition: what was needed and what was found.
type Clause struct {
	Verdict  Verdict   `json:"verdict" enum:"met,unmet,undetermined"`
	Sentence lang.Text `json:"sentence"`
	Found    []Found   `json:"found,omitempty"`
}

// Found is a fact a clause looked at, with the value and where it came from.
type Found struct {
	Path   string          `json:"path"`
	Label  lang.Text       `json:"label"`
	State  string          `json:"state" enum:"unknown,absent,known"`
	Value  json.RawMessage `json:"value,omitempty"`
	Text   lang.Text       `json:"text,omitzero" doc:"The value as people write it"`
	Source *Source         `json:"source,omitempty"`
}

// LegalRef is an article as shown beside a statement.
type LegalRef struct {
	ID         string `json:"id" doc:"Name of the article within the item; what a refusal refers to"`
	Title      string `json:"title"`
	DocumentNo string `json:"documentNo,omitempty"`
	Article    string `json:"article,omitempty"`
}

// Question is a fact still to be asked.
type Question struct {
	Path  string    `json:"path"`
	Label lang.Text `json:"label"`
	For   []string  `json:"for" doc:"What it can change: condition:<id>, material:<key>, derive:<key>, limit, route, procedure:<key>, field:<path>"`
}

// Material is one document and whether it is needed.
type Material struct {
	ID        string     `json:"id" doc:"key, key@party, or key#number of a document for each row of a list"`
	Key       string     `json:"key"`
	Of        string     `json:"of"`
	Name      lang.Text  `json:"name"`
	OfName    lang.Text  `json:"ofName,omitzero"`
	Need      string     `json:"need" enum:"required,optional,not-needed,undetermined,error"`
	Why       lang.Text  `json:"why,omitzero" doc:"The rule in words, for a conditional material"`
	Legal     []LegalRef `json:"legal,omitempty"`
	Group     string     `json:"group,omitempty" doc:"One of the materials with this group is enough"`
	Satisfied *Satisfied `json:"satisfied,omitempty"`
	Tolerate  int        `json:"tolerateDays,omitempty" doc:"Working days it may follow after acceptance (容缺)"`
	Copies    int        `json:"copies,omitempty"`
	Form      string     `json:"form" enum:"paper,electronic,both"`
	Standard  lang.Text  `json:"standard,omitzero"`
	Note      lang.Text  `json:"note,omitzero"`
	Blank     lang.Text  `json:"blank,omitzero" doc:"What stands on the empty form (空白表格)"`
	MaxBytes  int64      `json:"maxBytes"`
	Missing   []string   `json:"missing,omitempty"`
}

// Satisfied says why a material need not be handed in (any more).
type Satisfied struct {
	By         string    `json:"by" enum:"licence,form,upload,paper,group"`
	Name       lang.Text `json:"name,omitzero"`
	Identifier string    `json:"identifier,omitempty"`
	Number     string    `json:"number,omitempty"`
	ValidTo    string    `json:"validTo,omitempty"`
}

// Derived is a conclusion of the item.
type Derived struct {
	Key     string          `json:"key" doc:"result.<key> in rules: <derive>, or <derive>.<output> of a table with several outputs"`
	Label   lang.Text       `json:"label"`
	Type    string          `json:"type" enum:"money,integer,number,boolean,string,date"`
	State   string          `json:"state" enum:"unknown,absent,known"`
	Value   json.RawMessage `json:"value,omitempty"`
	Text    lang.Text       `json:"text,omitzero"`
	Row     int             `json:"row,omitempty" doc:"Row of the decision table that matched, from 1"`
	Matched []MatchedRow    `json:"matched,omitempty" doc:"Of a table that gathers the outputs of several rows, each row that matched"`
	Since   string          `json:"since,omitempty" doc:"First day of the version of the table that was used, of a table that is dated"`
	Legal   []LegalRef      `json:"legal,omitempty"`
	Hidden  bool            `json:"hidden,omitempty"`
	Given   bool            `json:"given,omitempty" doc:"An example states it: it was not worked out"`
	Missing []string        `json:"missing,omitempty"`
	Found   []Found         `json:"found,omitempty"`
	Rows    []DerivedRow    `json:"rows,omitempty" doc:"Of a conclusion for each row of a list, each row; the value lists those that are known"`
}

// MatchedRow is a row of a decision table that takes part in a value.
type MatchedRow struct {
	Row   int             `json:"row" doc:"From 1"`
	Value json.RawMessage `json:"value,omitempty" doc:"What it contributes; nothing where rows are only counted, or the row gives no value"`
	Text  lang.Text       `json:"text,omitzero"`
}

// DerivedRow is what was concluded for one row of a list.
type DerivedRow struct {
	Number  int             `json:"number" doc:"From 1"`
	Name    lang.Text       `json:"name" doc:"What people call the row, such as a member's name"`
	State   string          `json:"state" enum:"unknown,absent,known"`
	Value   json.RawMessage `json:"value,omitempty"`
	Text    lang.Text       `json:"text,omitzero"`
	Row     int             `json:"row,omitempty" doc:"Row of the decision table that matched, from 1"`
	Matched []MatchedRow    `json:"matched,omitempty" doc:"Of a table that gathers the outputs of several rows, each row that matched"`
	Since   string          `json:"since,omitempty" doc:"First day of the version of the table that was used, of a table that is dated"`
}

// Fees are the charges in fen.
type Fees struct {
	State string `json:"state" enum:"unknown,known"`
	Total int64  `json:"total"`
	Lines []Fee  `json:"lines"`
}

// Fee is one charge.
type Fee struct {
	ID     string     `json:"id" doc:"id, or id#number of a fee for each row of a list"`
	Label  lang.Text  `json:"label"`
	OfName lang.Text  `json:"ofName,omitzero" doc:"The row it is charged for"`
	State  string     `json:"state" enum:"unknown,absent,known"`
	Amount int64      `json:"amount"`
	Legal  []LegalRef `json:"legal,omitempty"`
}

// Limit holds the time limits and, when a start is known, the due dates.
type Limit struct {
	CaseType  string    `json:"caseType" enum:"instant,promise"`
	Statutory *Term     `json:"statutory,omitempty"`
	Promised  Term      `json:"promised"`
	Why       lang.Text `json:"why,omitzero" doc:"Why these limits, where they depend on the case"`
	Missing   []string  `json:"missing,omitempty" doc:"Paths of facts that may still change the limits; those that hold otherwise are stated meanwhile"`
	After     *After    `json:"after,omitempty" doc:"What is still to be done after a decision in the applicant's favour"`
	// Supplement and Lapse say what happens to the one-time notice: how long it may be answered, and what follows otherwise.
	Supplement *Term  `json:"supplement,omitempty" doc:"How long the applicant has to answer the one-time notice; without it the notice waits"`
	Lapse      string `json:"lapse,omitempty" enum:"withdrawn,returned" doc:"What follows when the notice is not answered in time"`
}

// After is the clock behind a decision: the result is handed over, or what was granted begins.
type After struct {
	Term
	Name lang.Text `json:"name" doc:"What is to be done"`
}

// Procedure is a special procedure (特别程序) as far as it concerns the case.
type Procedure struct {
	Key       string     `json:"key"`
	Kind      string     `json:"kind" enum:"inquiry,extension,publicity"`
	Name      lang.Text  `json:"name"`
	Need      string     `json:"need" enum:"required,possible,on-objection,not-needed,undetermined" doc:"required: nothing is granted before it was concluded; on-objection: an objection to a publicity opens it"`
	Suspends  bool       `json:"suspends,omitempty" doc:"The clock stands still while it lasts"`
	Term      *Term      `json:"term,omitempty" doc:"inquiry: the longest it may last; publicity: how long it is published; extension: by how much the limit grows"`
	Stages    []string   `json:"stages,omitempty" doc:"Keys of the stages at which it may happen; any after acceptance when empty"`
	Objection string     `json:"objection,omitempty" doc:"The inquiry that an objection opens"`
	Shows     []Shown    `json:"shows,omitempty" doc:"What a publicity would tell, redacted already"`
	Legal     []LegalRef `json:"legal,omitempty"`
	Missing   []string   `json:"missing,omitempty"`
}

// Shown is a fact as it is published: the number of an identity document is masked, and so is the name of a minor.
type Shown struct {
	Label lang.Text `json:"label"`
	Text  lang.Text `json:"text"`
}

// Term is a time limit.
type Term struct {
	N    int    `json:"n"`
	Unit string `json:"unit" enum:"workday,day,month"`
	Due  string `json:"due,omitempty" doc:"Last day, when the start is known"`
}

// Route lists the offices the case visits.
type Route struct {
	State        string    `json:"state" enum:"unknown,known,error"`
	Template     string    `json:"template,omitempty"`
	Jurisdiction string    `json:"jurisdiction,omitempty" doc:"Division code"`
	Division     string    `json:"division,omitempty" doc:"Its full name"`
	Why          lang.Text `json:"why,omitzero"`
	Stages       []Stage   `json:"stages"`
	Missing      []string  `json:"missing,omitempty"`
}

// Stage is one stop of the route.
type Stage struct {
	Key        string    `json:"key"`
	Name       lang.Text `json:"name"`
	Act        string    `json:"act" enum:"accept,check,decide"`
	Office     string    `json:"office" doc:"Office key"`
	OfficeName string    `json:"officeName"`
	Days       int       `json:"days,omitempty" doc:"Its share of the clock in working days"`
}

// Result is what a granted case would produce.
type Result struct {
	Kind   string          `json:"kind" enum:"entitlement,payment,licence,document,none"`
	Name   lang.Text       `json:"name"`
	Number int             `json:"number,omitempty" doc:"Of a result for each row of a list: its row, from 1"`
	OfName lang.Text       `json:"ofName,omitzero" doc:"What people call that row"`
	State  string          `json:"state" enum:"unknown,absent,known"`
	Value  json.RawMessage `json:"value,omitempty"`
	Text   lang.Text       `json:"text,omitzero"`
}

// Parameter is a dated value that was used.
type Parameter struct {
	Key          string          `json:"key"`
	Label        lang.Text       `json:"label"`
	Keys         []string        `json:"keys,omitempty" doc:"What it is the value for, of a parameter with keys"`
	Value        json.RawMessage `json:"value"`
	Text         lang.Text       `json:"text,omitzero"`
	From         string          `json:"from"`
	Document     string          `json:"document"`
	Illustrative bool            `json:"illustrative,omitempty"`
	Given        bool            `json:"given,omitempty" doc:"An example states it, for every day"`
}

// Problem is something wrong with the answers or the evaluation, at its place.
type Problem struct {
	Code     string            `json:"code"`
	Severity string            `json:"severity" enum:"error,warning"`
	Path     string            `json:"path" doc:"Fact path such as applicant.id_number, or the material id, or empty"`
	Pointer  string            `json:"pointer,omitempty" doc:"JSON pointer into the answers or, for an evaluation error, the item document"`
	Args     map[string]string `json:"args,omitempty"`
	Text     lang.Text         `json:"text"`
}
