package casefile

import (
	"encoding/json"
	"time"

	"github.com/tongban/tongban/engine/item"
	"github.com/tongban/tongban/engine/plan"
	"github.com/tongban/tongban/rules/calendar"
	"github.com/tongban/tongban/rules/lang"
)

// Command is what somebody asks of a case.
type Command struct {
	Op   string    // made by the client, once for each press of a button; makes it safe to send twice
	Seen int64     // revision the person was looking at; ignored by Receive and Lapse
	By   Actor     // who asks
	At   time.Time // now
	On   string    // the civil date of At in the city
	Act  Act
	// Calendar is what days are counted by, and Closed whether the offices had closed for the day: needed by the acts that stop
	// the clock, let it run on, or lengthen a limit.
	Calendar *calendar.Calendar
	Closed   bool
}

// Act is the content of a command, one type for each. Dates in it are facts from the calendar.
type Act interface {
	// Kind is the act's name in the API, such as "request-supplement".
	Kind() string
}

// Names of the acts.
const (
	KindReceive           = "receive"
	KindLapse             = "lapse"
	KindAccept            = "accept"
	KindNotAccept         = "not-accept"
	KindRequestSupplement = "request-supplement"
	KindSupplement        = "supplement"
	KindApprove           = "approve"
	KindReturn            = "return"
	KindGrant             = "grant"
	KindRefuse            = "refuse"
	KindWithdraw          = "withdraw"
	KindSupplyTolerated   = "supply-tolerated"
	KindUnanswered        = "unanswered"
	KindBegin             = "begin"
	KindConclude          = "conclude"
	KindExtend            = "extend"
	KindObject            = "object"
	KindAnswer            = "answer"
	KindDeliver           = "deliver"
)

// Kinds lists the acts people may ask for, in the order they are offered: what moves a case on comes first.
var Kinds = []string{KindAccept, KindRequestSupplement, KindSupplement, KindNotAccept, KindApprove, KindGrant, KindDeliver,
	KindSupplyTolerated, KindBegin, KindConclude, KindAnswer, KindObject, KindExtend, KindReturn, KindRefuse, KindWithdraw}

// procedureKinds are those about one procedure, which they name.
var procedureKinds = []string{KindBegin, KindConclude, KindAnswer, KindObject, KindExtend}

// Receive takes a case in at a window (收件). It starts no clock but the one for the notice.
type Receive struct {
	Number    string
	Item      plan.ItemRef
	Applicant Applicant
	NoticeBy  string // fifth working day after receipt
	Route     []plan.Stage
	Legal     []Article
	Materials []string
	Input     json.RawMessage
	Evidence  json.RawMessage
	Outcome   json.RawMessage
	Files     []File
	Paper     []string
}

// Clocked are the facts of an acceptance: limits counted from the day the clock starts, and the outcome it rests on.
type Clocked struct {
	PromisedDue  string
	StatutoryDue string
	StageDue     string // last day of the next stage's own share
	Gaps         []Gap  // what is tolerated as missing, each with the day by which it must follow
	Promised     *plan.Term
	Statutory    *plan.Term
	Procedures   []plan.Procedure // the special procedures that concern the case
	Outcome      json.RawMessage
}

// Accept is 受理 by the competent office: the clock starts today.
type Accept struct {
	Clocked
	Text string
}

// Lapse records that the period for the notice passed: accepted as of the day of receipt. Only the platform says so.
type Lapse struct{ Clocked }

// NotAccept is 不予受理: needs reasons, and names the competent body where the office is not.
type NotAccept struct {
	Text      string
	Legal     []string
	Competent string
}

// RequestSupplement is the one-time notice: everything that is missing, at once.
type RequestSupplement struct {
	Materials []string
	Text      string
	AnswerBy  string     // last day for the applicant, where the item sets one
	Lapse     item.Lapse // what follows when it passes
}

// Unanswered records that the time to answer the notice passed: deemed withdrawn, or returned, as the item says. Only the
// platform says so.
type Unanswered struct{}

// Supply hands in what the notice asked for, or a part of it.
type Supply struct {
	Files    []File
	Paper    []string
	Text     string
	DecideBy string // last day for the office to answer
}

// Approve passes the case on to the next stage.
type Approve struct {
	Text     string
	StageDue string // last day of the next stage's own share
}

// Return sends the case back to an earlier stage, with reasons. The clock does not stop.
type Return struct {
	To       int // index of the stage
	Text     string
	StageDue string
}

// Grant decides for the applicant.
type Grant struct {
	Text      string
	DeliverBy string    // last day to hand over what was granted, where the item sets one
	Deliver   lang.Text // what is to be done until then
}

// Begin starts an inquiry or a publicity.
type Begin struct {
	Procedure string
	Until     string // last day it is expected to take; the longest the item allows when empty
	Text      string // why, and what is asked of the applicant
}

// Conclude ends it: with what an inquiry found, or because a publicity had its days. The platform may conclude a publicity.
type Conclude struct {
	Procedure string
	Text      string
}

// Extend lengthens the limits, with the reason and the approval of the head of the office (行政许可法 42).
type Extend struct {
	Procedure string
	Text      string
	Approver  string
}

// Object records an objection to a publicity, which pauses it.
type Object struct {
	Procedure string
	Objector  string
	Text      string
}

// Answer answers the oldest open objection.
type Answer struct {
	Procedure string
	Upheld    bool
	Text      string
}

// Deliver hands over what was granted (送达).
type Deliver struct {
	How      string // one of DeliveryWays
	Receiver string
	Text     string
}

// DeliveryWays are the ways of handing over: those an item may promise, and bringing it to the door.
var DeliveryWays = []string{string(item.DeliveryWindow), string(item.DeliveryMail), string(item.DeliveryElectronic), "visit"}

func (a Begin) procedure() string    { return a.Procedure }
func (a Conclude) procedure() string { return a.Procedure }
func (a Extend) procedure() string   { return a.Procedure }
func (a Object) procedure() string   { return a.Procedure }
func (a Answer) procedure() string   { return a.Procedure }

// Refuse decides against the applicant.
type Refuse struct {
	Text       string   // the reasons
	Legal      []string // ids of the item's articles it rests on
	Unsupplied []string // tolerated materials that did not follow in time, where that is a reason
}

// SupplyTolerated hands in, after acceptance, what was tolerated as missing (容缺后补), or a part of it.
type SupplyTolerated struct {
	Files   []File
	Paper   []string
	Text    string
	Outcome json.RawMessage // the outcome with what was handed in
}

// Withdraw ends the case at the applicant's wish.
type Withdraw struct{ Text string }

// Kind implements Act.
func (Receive) Kind() string { return KindReceive }

// Kind implements Act.
func (Lapse) Kind() string { return KindLapse }

// Kind implements Act.
func (Accept) Kind() string { return KindAccept }

// Kind implements Act.
func (NotAccept) Kind() string { return KindNotAccept }

// Kind implements Act.
func (RequestSupplement) Kind() string { return KindRequestSupplement }

// Kind implements Act.
func (Supply) Kind() string { return KindSupplement }

// Kind implements Act.
func (Approve) Kind() string { return KindApprove }

// Kind implements Act.
func (Return) Kind() string { return KindReturn }

// Kind implements Act.
func (Grant) Kind() string { return KindGrant }

// Kind implements Act.
func (Refuse) Kind() string { return KindRefuse }

// Kind implements Act.
func (SupplyTolerated) Kind() string { return KindSupplyTolerated }

// Kind implements Act.
func (Withdraw) Kind() string { return KindWithdraw }

// Kind implements Act.
func (Unanswered) Kind() string { return KindUnanswered }

// Kind implements Act.
func (Begin) Kind() string { return KindBegin }

// Kind implements Act.
func (Conclude) Kind() string { return KindConclude }

// Kind implements Act.
func (Extend) Kind() string { return KindExtend }

// Kind implements Act.
func (Object) Kind() string { return KindObject }

// Kind implements Act.
func (Answer) Kind() string { return KindAnswer }

// Kind implements Act.
func (Deliver) Kind() string { return KindDeliver }
