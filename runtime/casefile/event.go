package casefile

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/tongban/tongban/engine/item"
	"github.com/tongban/tongban/engine/plan"
	"github.com/tongban/tongban/rules/lang"
)

// Event is one thing that happened to a case.
type Event struct {
	Seq  int64     // from 1, without gaps
	At   time.Time // when it was recorded
	Op   string    // the command it came from
	By   Actor
	Body Body
	// Document is the written document that the act produced, if the law wants one; as it was issued, for ever.
	Document *Document
}

// Document is a written document of a case (文书): numbered, dated, in both languages. Its paragraphs name nobody.
type Document struct {
	Kind   string       `json:"kind"` // such as "suspension"; names the template
	Number string       `json:"number"`
	On     string       `json:"on"`
	Office string       `json:"office"` // key of the office that issues it
	Title  lang.Text    `json:"title"`
	Text   []lang.Text  `json:"text"` // paragraphs
	Shows  []plan.Shown `json:"shows,omitempty"`
	Open   bool         `json:"open,omitempty"` // for everybody, and not addressed to the applicant
}

// Body is the content of an event. What was written once stays readable for ever: a kind may gain a member that is left out
// where there is nothing to say; any other shape is a new kind with its own type.
type Body interface {
	// Kind is the name under which the event is stored, such as "supplement-requested".
	Kind() string
	act() string
}

type (
	// WasReceived opens a case.
	WasReceived struct {
		Number    string          `json:"number"`
		On        string          `json:"on"`
		NoticeBy  string          `json:"noticeBy"`
		Item      plan.ItemRef    `json:"item"`
		Applicant Applicant       `json:"applicant"`
		Route     []plan.Stage    `json:"route"`
		Legal     []Article       `json:"legal,omitempty"`
		Materials []string        `json:"materials,omitempty"`
		Files     []File          `json:"files,omitempty"`
		Paper     []string        `json:"paper,omitempty"`
		Input     json.RawMessage `json:"input,omitempty"`
		Evidence  json.RawMessage `json:"evidence,omitempty"`
		Outcome   json.RawMessage `json:"outcome,omitempty"`
	}

	// WasAccepted starts the clock on On, which is the day of receipt when Deemed.
	WasAccepted struct {
		On           string `json:"on"`
		Deemed       bool   `json:"deemed,omitempty"`
		Recorded     string `json:"recorded"` // the day it was recorded
		PromisedDue  string `json:"promisedDue,omitempty"`
		StatutoryDue string `json:"statutoryDue,omitempty"`
		StageDue     string `json:"stageDue,omitempty"`
		Gaps         []Gap  `json:"gaps,omitempty"`

		Promised   *plan.Term       `json:"promised,omitempty"`
		Statutory  *plan.Term       `json:"statutory,omitempty"`
		Procedures []plan.Procedure `json:"procedures,omitempty"`

		Text    string          `json:"text,omitempty"`
		Outcome json.RawMessage `json:"outcome,omitempty"`
	}

	// WasNotAccepted ends a case before its clock started.
	WasNotAccepted struct {
		On        string   `json:"on"`
		Text      string   `json:"text"`
		Legal     []string `json:"legal,omitempty"`
		Competent string   `json:"competent,omitempty"`
		Remedies  Remedies `json:"remedies"`
	}

	// WasAskedToSupplement is the one-time notice.
	WasAskedToSupplement struct {
		On        string   `json:"on"`
		Materials []string `json:"materials"`
		Text      string   `json:"text,omitempty"`
		AnswerBy  string   `json:"answerBy,omitempty"`

		Lapse item.Lapse `json:"lapse,omitempty"`
	}

	// WasUnanswered ends a case whose notice was not answered in time, as of the day after the last one for it.
	WasUnanswered struct {
		On       string     `json:"on"`
		AnswerBy string     `json:"answerBy"`
		Lapse    item.Lapse `json:"lapse"`
	}

	// WasBegun starts an inquiry or a publicity. The clock stands still from First on, if it is given.
	WasBegun struct {
		On        string       `json:"on"`
		Procedure string       `json:"procedure"`
		Until     string       `json:"until"`
		Text      string       `json:"text,omitempty"`
		First     string       `json:"first,omitempty"`
		Shows     []plan.Shown `json:"shows,omitempty"`
		Dues      *Dues        `json:"dues,omitempty"`
	}

	// WasConcluded ends it on Ended. The clock runs on after Last, if it is given.
	WasConcluded struct {
		On        string `json:"on"`
		Procedure string `json:"procedure"`
		Ended     string `json:"ended"`
		Text      string `json:"text,omitempty"`
		Last      string `json:"last,omitempty"`
		Dues      *Dues  `json:"dues,omitempty"`
	}

	// WasExtended lengthens the limits by N units.
	WasExtended struct {
		On        string `json:"on"`
		Procedure string `json:"procedure"`
		N         int    `json:"n"`
		Unit      string `json:"unit"`
		Text      string `json:"text"`
		Approver  string `json:"approver"`
		Dues      *Dues  `json:"dues"`
	}

	// WasObjectedTo is an objection to a publicity, whose days do not count from First on.
	WasObjectedTo struct {
		On        string `json:"on"`
		Procedure string `json:"procedure"`
		Objector  string `json:"objector"`
		Text      string `json:"text"`
		First     string `json:"first"`
	}

	// WasAnswered answers the oldest open objection. The publicity runs on to Until, or has failed where the objection was
	// Upheld.
	WasAnswered struct {
		On        string `json:"on"`
		Procedure string `json:"procedure"`
		Upheld    bool   `json:"upheld,omitempty"`
		Text      string `json:"text"`
		Until     string `json:"until,omitempty"`
		Last      string `json:"last,omitempty"`
		Dues      *Dues  `json:"dues,omitempty"`
	}

	// WasDelivered hands over what was granted.
	WasDelivered struct {
		On       string `json:"on"`
		How      string `json:"how"`
		Receiver string `json:"receiver"`
		Text     string `json:"text,omitempty"`
	}

	// WasSupplemented is an answer to the notice.
	WasSupplemented struct {
		On       string   `json:"on"`
		Files    []File   `json:"files,omitempty"`
		Paper    []string `json:"paper,omitempty"`
		Text     string   `json:"text,omitempty"`
		DecideBy string   `json:"decideBy"`
	}

	// WasSuppliedTolerated hands in what was tolerated as missing. Outcome replaces that of the acceptance.
	WasSuppliedTolerated struct {
		On      string          `json:"on"`
		Files   []File          `json:"files,omitempty"`
		Paper   []string        `json:"paper,omitempty"`
		Text    string          `json:"text,omitempty"`
		Outcome json.RawMessage `json:"outcome,omitempty"`
	}

	// WasApproved moves a case from stage From to stage To.
	WasApproved struct {
		On       string `json:"on"`
		From     int    `json:"from"`
		To       int    `json:"to"`
		Text     string `json:"text,omitempty"`
		StageDue string `json:"stageDue,omitempty"`
	}

	// WasReturned moves a case back from stage From to stage To.
	WasReturned struct {
		On       string `json:"on"`
		From     int    `json:"from"`
		To       int    `json:"to"`
		Text     string `json:"text"`
		StageDue string `json:"stageDue,omitempty"`
	}

	// WasGranted ends a case in the applicant's favour.
	WasGranted struct {
		On        string    `json:"on"`
		Text      string    `json:"text,omitempty"`
		DeliverBy string    `json:"deliverBy,omitempty"`
		Deliver   lang.Text `json:"deliver,omitzero"`
	}

	// WasRefused ends a case against the applicant.
	WasRefused struct {
		On         string   `json:"on"`
		Text       string   `json:"text"`
		Legal      []string `json:"legal"`
		Unsupplied []string `json:"unsupplied,omitempty"`
		Remedies   Remedies `json:"remedies"`
	}

	// WasWithdrawn ends a case at the applicant's wish.
	WasWithdrawn struct {
		On   string `json:"on"`
		Text string `json:"text,omitempty"`
	}
)

// Kind implements Body.
func (WasReceived) Kind() string { return "received" }

// Kind implements Body.
func (WasAccepted) Kind() string { return "accepted" }

// Kind implements Body.
func (WasNotAccepted) Kind() string { return "not-accepted" }

// Kind implements Body.
func (WasAskedToSupplement) Kind() string { return "supplement-requested" }

// Kind implements Body.
func (WasSupplemented) Kind() string { return "supplemented" }

// Kind implements Body.
func (WasSuppliedTolerated) Kind() string { return "supplied-tolerated" }

// Kind implements Body.
func (WasApproved) Kind() string { return "approved" }

// Kind implements Body.
func (WasReturned) Kind() string { return "returned" }

// Kind implements Body.
func (WasGranted) Kind() string { return "granted" }

// Kind implements Body.
func (WasRefused) Kind() string { return "refused" }

// Kind implements Body.
func (WasWithdrawn) Kind() string { return "withdrawn" }

// Kind implements Body.
func (WasUnanswered) Kind() string { return "unanswered" }

// Kind implements Body.
func (WasBegun) Kind() string { return "procedure-begun" }

// Kind implements Body.
func (WasConcluded) Kind() string { return "procedure-concluded" }

// Kind implements Body.
func (WasExtended) Kind() string { return "extended" }

// Kind implements Body.
func (WasObjectedTo) Kind() string { return "objected" }

// Kind implements Body.
func (WasAnswered) Kind() string { return "objection-answered" }

// Kind implements Body.
func (WasDelivered) Kind() string { return "delivered" }

func (WasReceived) act() string          { return KindReceive }
func (WasNotAccepted) act() string       { return KindNotAccept }
func (WasAskedToSupplement) act() string { return KindRequestSupplement }
func (WasSupplemented) act() string      { return KindSupplement }
func (WasSuppliedTolerated) act() string { return KindSupplyTolerated }
func (WasApproved) act() string          { return KindApprove }
func (WasReturned) act() string          { return KindReturn }
func (WasGranted) act() string           { return KindGrant }
func (WasRefused) act() string           { return KindRefuse }
func (WasWithdrawn) act() string         { return KindWithdraw }
func (WasUnanswered) act() string        { return KindUnanswered }
func (WasBegun) act() string             { return KindBegin }
func (WasConcluded) act() string         { return KindConclude }
func (WasExtended) act() string          { return KindExtend }
func (WasObjectedTo) act() string        { return KindObject }
func (WasAnswered) act() string          { return KindAnswer }
func (WasDelivered) act() string         { return KindDeliver }
func (e WasAccepted) act() string {
	if e.Deemed {
		return KindLapse
	}
	return KindAccept
}

// stored is the JSON of an event's body as it lies in the store.
type stored struct {
	Op   string          `json:"op"`
	By   Actor           `json:"by,omitzero"`
	Doc  *Document       `json:"document,omitempty"`
	Data json.RawMessage `json:"data"`
}

// storing is stored on the way in: the event is written once, in place.
type storing struct {
	Op string `json:"op"`
	By Actor  `json:"by,omitzero"`

	Doc  *Document `json:"document,omitempty"`
	Data any       `json:"data"`
}

// record is a member of an event that is compact JSON already, and by far its largest part.
type record struct {
	name string
	json json.RawMessage
}

// Encode returns the kind and the JSON under which an event is stored. Text is written as it is, without HTML escapes. Input,
// Evidence and Outcome must be compact JSON: they are copied, where encoding/json would read each of them through.
func Encode(e Event) (kind string, body json.RawMessage, err error) {
	data, records := e.Body, []record(nil)
	switch b := e.Body.(type) {
	case WasReceived:
		records = []record{{"input", b.Input}, {"evidence", b.Evidence}, {"outcome", b.Outcome}}
		b.Input, b.Evidence, b.Outcome = nil, nil, nil
		data = b
	case WasAccepted:
		records = []record{{"outcome", b.Outcome}}
		b.Outcome = nil
		data = b
	case WasSuppliedTolerated:
		records = []record{{"outcome", b.Outcome}}
		b.Outcome = nil
		data = b
	}
	body, err = marshal(storing{Op: e.Op, By: e.By, Doc: e.Document, Data: data})
	if err != nil {
		return "", nil, fmt.Errorf("casefile: encode %s: %w", e.Body.Kind(), err)
	}
	return e.Body.Kind(), withRecords(body, records), nil
}

// withRecords adds records, as the last members, to the data of a stored event, which has others and is itself the last.
func withRecords(body json.RawMessage, records []record) json.RawMessage {
	if len(records) == 0 {
		return body
	}
	const end = "}}"
	size := 0
	for _, r := range records {
		size += len(r.name) + len(r.json) + len(`,"":`)
	}
	body = slices.Grow(body, size)[:len(body)-len(end)]
	for _, r := range records {
		if len(r.json) > 0 {
			body = append(append(append(append(body, `,"`...), r.name...), `":`...), r.json...)
		}
	}
	return append(body, end...)
}

func marshal(v any) (json.RawMessage, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimRight(b.Bytes(), "\n"), nil
}

// Decode reads a stored event. A kind this version does not know is an error: a case that cannot be read whole must not be
// acted on.
func Decode(seq int64, at time.Time, kind string, body json.RawMessage) (Event, error) {
	var s stored
	if err := json.Unmarshal(body, &s); err != nil {
		return Event{}, fmt.Errorf("casefile: event %d (%s): %w", seq, kind, err)
	}
	read, ok := readers[kind]
	if !ok {
		return Event{}, fmt.Errorf("casefile: event %d: unknown kind %q", seq, kind)
	}
	b, err := read(s.Data)
	if err != nil {
		return Event{}, fmt.Errorf("casefile: event %d (%s): %w", seq, kind, err)
	}
	return Event{Seq: seq, At: at, Op: s.Op, By: s.By, Body: b, Document: s.Doc}, nil
}

var readers = map[string]func(json.RawMessage) (Body, error){
	WasReceived{}.Kind():          read[WasReceived],
	WasAccepted{}.Kind():          read[WasAccepted],
	WasNotAccepted{}.Kind():       read[WasNotAccepted],
	WasAskedToSupplement{}.Kind(): read[WasAskedToSupplement],
	WasSupplemented{}.Kind():      read[WasSupplemented],
	WasSuppliedTolerated{}.Kind(): read[WasSuppliedTolerated],
	WasApproved{}.Kind():          read[WasApproved],
	WasReturned{}.Kind():          read[WasReturned],
	WasGranted{}.Kind():           read[WasGranted],
	WasRefused{}.Kind():           read[WasRefused],
	WasWithdrawn{}.Kind():         read[WasWithdrawn],
	WasUnanswered{}.Kind():        read[WasUnanswered],
	WasBegun{}.Kind():             read[WasBegun],
	WasConcluded{}.Kind():         read[WasConcluded],
	WasExtended{}.Kind():          read[WasExtended],
	WasObjectedTo{}.Kind():        read[WasObjectedTo],
	WasAnswered{}.Kind():          read[WasAnswered],
	WasDelivered{}.Kind():         read[WasDelivered],
}

func read[B Body](raw json.RawMessage) (Body, error) {
	var b B
	err := json.Unmarshal(raw, &b)
	return b, err
}
