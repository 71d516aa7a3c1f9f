// Package casefile is the state machine of one case, without any I/O, clock or log: a Command on a State becomes events or a
// refusal with a code (Decide), and events become a State (Fold). Whatever a decision depends on (the time, the calendar,
// the outcome of the item's rules) arrives in the command as a fact and is kept in the event, so that every past step can be
// checked from the record alone.
//
// The law it keeps (行政许可法 arts. 32, 38, 42; see each rule): receiving, accepting and deciding are three acts of possibly
// three organisations, and receipt at a window is never acceptance; the notice of what is missing is given once, within five
// working days of receipt, else the case counts as accepted from the day of receipt; nothing is refused without an officer,
// reasons, a legal basis and the remedies. The clock of an accepted case is a ledger of intervals (clock.go), and what stops,
// lengthens or follows it are the special procedures that the item declares (procedure.go; arts. 42, 44, 45).
package casefile

import (
	"encoding/json"
	"slices"
	"time"

	"github.com/tongban/tongban/engine/dictionary"
	"github.com/tongban/tongban/engine/item"
	"github.com/tongban/tongban/engine/plan"
	"github.com/tongban/tongban/rules/lang"
)

// Phase is where a case stands.
type Phase string

// The phases. The last four are final: nothing is decided in a case that reached one: what was
// granted may still have to be handed over.
const (
	Received    Phase = "received"     // 收件: a window took it; the competent office has not said whether it accepts
	Supplement  Phase = "supplement"   // 补正: the one-time notice is out and the applicant's answer awaited
	Review      Phase = "review"       // 受理 to 决定: accepted, at a stage of its route, and the clock runs
	Granted     Phase = "granted"      // 准予
	Refused     Phase = "refused"      // 不予
	NotAccepted Phase = "not-accepted" // 不予受理
	Withdrawn   Phase = "withdrawn"    // 撤回; also by lapse of the time to supplement (Ending.Lapse)
)

// Final reports whether the phase ends a case.
func (p Phase) Final() bool {
	return p == Granted || p == Refused || p == NotAccepted || p == Withdrawn
}

// Actor is who acts, as the caller vouches for it. The zero Actor is the platform itself, which may only record that a
// period has lapsed.
type Actor struct {
	Account string `json:"account,omitempty"`
	Name    string `json:"name,omitempty"`
	Office  string `json:"office,omitempty"`
	Officer bool   `json:"officer,omitempty"` // may accept, check and decide for the office
	Clerk   bool   `json:"clerk,omitempty"`   // serves the public at the office's window
}

// Applicant identifies the person the case is about.
type Applicant struct {
	IDType   string `json:"idType"`
	IDNumber string `json:"idNumber"`
	Name     string `json:"name"`
}

// Article is an article the item rests on, which a decision may name by its id.
type Article struct {
	ID         string `json:"id"`
	Title      string `json:"title"`
	DocumentNo string `json:"documentNo,omitempty"`
	Article    string `json:"article,omitempty"`
}

// File is an uploaded file of a material, content-addressed.
type File struct {
	Material string    `json:"material"`
	Hash     string    `json:"hash"`
	Name     string    `json:"name"`
	Type     string    `json:"type"`
	Size     int64     `json:"size"`
	At       time.Time `json:"at"`
}

// Notice is the one-time supplement notice (一次性告知) and what came of it.
type Notice struct {
	At        time.Time
	By        Actor
	Materials []string // everything that was asked for; nothing may be added later
	Text      string
	Supplied  []string   // those handed in since
	Last      time.Time  // when something was last handed in; zero if nothing was
	LastOn    string     // its civil date
	DecideBy  string     // last day to answer what was handed in
	AnswerBy  string     // last day for the applicant; empty where the notice waits
	Lapse     item.Lapse // what follows when it passes
}

// Gap is a needed material that was tolerated as missing when the case was accepted (容缺受理, 国发〔2022〕5号): it may follow
// until Due. Nothing is granted while a gap is open; one that stays open too long is flagged, and only an officer refuses.
type Gap struct {
	Material   string    `json:"material"`
	Group      string    `json:"group,omitempty"` // one of the materials of a group is enough
	Since      string    `json:"since"`           // day the term counts from
	Due        string    `json:"due"`             // last day
	Supplied   time.Time `json:"-"`               // when it was handed in; zero while it is open
	SuppliedOn string    `json:"-"`               // its civil date
}

// Open reports whether the material is still missing.
func (g Gap) Open() bool { return g.SuppliedOn == "" }

// Late reports whether the material is still missing after the last day for it.
func (g Gap) Late(today string) bool { return g.Open() && today > g.Due }

// Acceptance is the act that starts the clock.
type Acceptance struct {
	At           time.Time
	On           string // civil date the clock starts from; the day of receipt when deemed
	Deemed       bool   // by lapse of the five working days
	By           Actor
	PromisedDue  string // last day of the promised limit
	StatutoryDue string // last day of the statutory limit; empty where the law sets none
	// Promised and Statutory are the limits themselves, from which the days are counted anew when the clock is stopped or a
	// limit extended; nil in cases accepted before either could happen, and Statutory where the law sets none.
	Promised  *plan.Term
	Statutory *plan.Term
}

// Ending is how a case ended.
type Ending struct {
	At        time.Time
	On        string
	By        Actor
	Reasons   string
	Legal     []string // ids of the item's articles
	Competent string   // for a case not accepted: the body that is competent
	// Unsupplied are the tolerated materials whose absence is a reason of a refusal.
	Unsupplied []string
	Remedies   *Remedies
	Lapse      item.Lapse // ended because the notice was not answered in time
}

// Delivery is the handing over of what was granted (送达).
type Delivery struct {
	At       time.Time
	On       string
	By       Actor
	How      string // one of DeliveryWays
	Receiver string // who took it
	Text     string
}

// Remedies are what an adverse act must tell the person, or the periods grow longer: administrative review within so many
// days of knowing of it (行政复议法 20), litigation within so many months (行政诉讼法 46).
type Remedies struct {
	ReviewDays       int `json:"reviewDays"`
	LitigationMonths int `json:"litigationMonths"`
}

// StageRecord is what happened at one stage of the route so far. A return clears it from that stage on.
type StageRecord struct {
	Done *time.Time
	By   Actor
}

// opRecord is what was carried out under an Op, so that a repeated command is recognised.
type opRecord struct {
	Act     string
	Account string
}

// State is a case as its events make it. The zero State is a case that does not exist yet. It is a value: Fold never
// changes what it was given.
type State struct {
	Seq   int64 // sequence number of the last event
	Phase Phase

	Number     string
	Item       plan.ItemRef
	Applicant  Applicant
	ReceivedBy Actor // the window clerk and, in Office, the receiving office
	ReceivedAt time.Time
	ReceivedOn string
	NoticeBy   string          // last day for the one-time notice
	Legal      []Article       // the item's articles, which a refusal may rest on
	Materials  []string        // ids of the materials the item knows
	Input      json.RawMessage // what the item was evaluated on at receipt (plan.Input)
	Evidence   json.RawMessage // what the registers answered, and when
	Outcome    json.RawMessage // plan.Outcome at receipt; from acceptance on, the one it was accepted on

	Route      []plan.Stage
	Records    []StageRecord // one for each stage of the route
	Stage      int           // index of the current stage; 0 until accepted
	StageSince string        // day the case came to the stage
	StageDue   string        // last day of the stage's own share of the clock; empty if it has none
	Returned   bool          // came to this stage from a later one

	Files  []File
	Paper  []string
	Notice *Notice
	Accept *Acceptance
	Gaps   []Gap // what was tolerated as missing at acceptance
	Clock  []Interval
	Ending *Ending

	Procedures []Procedure // those of the item that concern the case, from acceptance on
	DeliverBy  string      // last day to hand over what was granted; empty where the item sets none
	Deliver    lang.Text   // what is to be done until then
	Delivery   *Delivery

	ops map[string]opRecord
}

// Revision is the number of commands that took effect. The store counts the same.
func (s State) Revision() int64 { return int64(len(s.ops)) }

// Did reports whether a command with this Op took effect.
func (s State) Did(op string) bool { _, ok := s.ops[op]; return ok }

// Outstanding lists the materials of the notice that have not been handed in.
func (s State) Outstanding() []string {
	if s.Notice == nil {
		return nil
	}
	var out []string
	for _, m := range s.Notice.Materials {
		if !slices.Contains(s.Notice.Supplied, m) {
			out = append(out, m)
		}
	}
	return out
}

// OpenGaps lists the materials that were tolerated as missing and still are. A closed case waits for nothing.
func (s State) OpenGaps() []string {
	if s.Phase != Review {
		return nil
	}
	var out []string
	for _, g := range s.Gaps {
		if g.Open() {
			out = append(out, g.Material)
		}
	}
	return out
}

// GapDue returns the first of the last days for what is tolerated as missing, and the day its term counts from; empty if
// nothing is awaited.
func (s State) GapDue() (due, from string) {
	for _, g := range s.Gaps {
		if s.Phase == Review && g.Open() && (due == "" || g.Due < due) {
			due, from = g.Due, g.Since
		}
	}
	return due, from
}

// Lapsed reports whether the five working days passed without a notice or an acceptance, so that the case counts as accepted
// from the day of receipt (行政许可法 32(4)).
func (s State) Lapsed(today string) bool {
	return s.Phase == Received && s.Notice == nil && today > s.NoticeBy
}

// Office returns the office whose turn it is; empty once the case is closed. While the applicant is asked to supplement, the
// case stays with the office that asked; what was granted is with the office that granted it until it is handed over.
func (s State) Office() string {
	if s.Phase == "" || s.Closed() {
		return ""
	}
	return s.Route[s.Stage].Office
}

// Due returns the last day of the limit that runs now, and the day it counts from: the notice deadline before acceptance,
// then the stage's share of the clock or the promised limit, whichever ends first, or, while the clock stands still, the day
// on which the procedure is expected to end; after the decision that for handing over. Both are empty while no limit runs.
func (s State) Due() (due, from string) {
	if s.Suspended() {
		for _, r := range s.suspending() {
			if r.Until > due {
				due, from = r.Until, r.On
			}
		}
		return due, from
	}
	if s.AwaitsDelivery() {
		return s.DeliverBy, s.Ending.On
	}
	switch s.Phase {
	case Received:
		if s.Notice != nil {
			return s.Notice.DecideBy, s.Notice.LastOn
		}
		return s.NoticeBy, s.ReceivedOn
	case Review:
		if s.StageDue != "" && (s.Accept.PromisedDue == "" || s.StageDue < s.Accept.PromisedDue) {
			return s.StageDue, s.StageSince
		}
		return s.Accept.PromisedDue, s.Accept.On
	}
	return "", ""
}

// Involves reports whether an office received the case or is on its route.
func (s State) Involves(office string) bool {
	if office == "" {
		return false
	}
	return s.ReceivedBy.Office == office ||
		slices.ContainsFunc(s.Route, func(st plan.Stage) bool { return st.Office == office })
}

func (s State) deciding() bool {
	return s.Phase == Review && s.Route[s.Stage].Act == string(dictionary.ActDecide)
}
