package casework

import (
	"encoding/json"
	"time"

	"github.com/tongban/tongban/engine/plan"
	"github.com/tongban/tongban/rules/lang"
)

// Actor is who acts, as the account service vouches for it. Office is empty for residents and for nobody.
type Actor struct {
	Account string
	Name    string
	Roles   []string
	Office  string
}

// ItemSummary is a service item in a search result.
type ItemSummary struct {
	Code      string    `json:"code"`
	Version   int       `json:"version"`
	Name      lang.Text `json:"name"`
	PlainName lang.Text `json:"plainName,omitzero"`
	Summary   lang.Text `json:"summary,omitzero"`
	Authority lang.Text `json:"authority"`
	CaseType  string    `json:"caseType" enum:"instant,promise"`
	Matched   string    `json:"matched,omitempty" enum:"name,plainName,alias,initials,pinyin,code" doc:"What the search text matched"`
}

// ItemPage is one page of a search, best match first.
type ItemPage struct {
	Items []ItemSummary `json:"items"`
	Next  string        `json:"next,omitempty" doc:"Cursor of the next page"`
}

// Guide is the published view of an item (办事指南): the summary and the Outcome of an empty form.
type Guide struct {
	ItemSummary
	Scope    string          `json:"scope"`
	Channels []string        `json:"channels"`
	Visits   int             `json:"onSiteVisits"`
	Legal    []plan.LegalRef `json:"legal"`
	Outcome  plan.Outcome    `json:"outcome"`
}

// DraftView is an application being filled in at a window. It is saved at every change and survives everything.
type DraftView struct {
	ID       string          `json:"id" doc:"Also the id of the case it becomes"`
	Revision int64           `json:"revision"`
	Item     plan.ItemRef    `json:"item"`
	Answers  json.RawMessage `json:"answers"`
	Files    []File          `json:"files"`
	Paper    []string        `json:"paper" doc:"Ids of materials whose paper original the clerk has seen and taken"`
	Outcome  plan.Outcome    `json:"outcome"`
	Created  time.Time       `json:"created"`
	Updated  time.Time       `json:"updated"`
	Expires  time.Time       `json:"expires"`
	CaseID   string          `json:"caseId,omitempty" doc:"Set once it was submitted"`
}

// DraftSummary is a draft in the clerk's list; the person is masked.
type DraftSummary struct {
	ID        string    `json:"id"`
	Item      lang.Text `json:"item"`
	Applicant string    `json:"applicant" doc:"Masked name"`
	Updated   time.Time `json:"updated"`
}

// File is an uploaded file of a material.
type File struct {
	Material string    `json:"material" doc:"Material id"`
	Hash     string    `json:"hash" doc:"SHA-256 of the content, hex"`
	Name     string    `json:"name"`
	Type     string    `json:"type" doc:"Media type found in the content itself"`
	Size     int64     `json:"size"`
	At       time.Time `json:"at"`
}

// CaseSummary is a case in a queue, where the person is masked, or at the head of the case itself, which whoever works on it reads
// in full.
type CaseSummary struct {
	ID        string    `json:"id"`
	Revision  int64     `json:"revision"`
	Number    string    `json:"number"`
	Item      lang.Text `json:"item"`
	Applicant string    `json:"applicant" doc:"Name; masked in lists"`
	Phase     string    `json:"phase" enum:"received,supplement,review,granted,refused,not-accepted,withdrawn"`
	Stage     lang.Text `json:"stage,omitzero"`
	Office    string    `json:"office,omitempty"`
	Due       string    `json:"due,omitempty" doc:"Last day of the running limit"`
	Light     string    `json:"light" enum:"none,green,yellow,red"`
	DaysLeft  *int      `json:"daysLeft,omitempty" doc:"Working days left; negative when overdue"`
	Received  time.Time `json:"received"`
	Returned  bool      `json:"returned,omitempty" doc:"Came back from a later stage"`
	Paused    lang.Text `json:"paused,omitzero" doc:"The special procedure for which the clock stands still"`
	GapDue    string    `json:"gapDue,omitempty" doc:"First last day for a material that was tolerated as missing and is still awaited"`
	GapLight  string    `json:"gapLight" enum:"none,green,yellow,red" doc:"How that stands; red: it is late, which is for an officer to weigh and refuses nothing"`
}

// QueuePage is one page of a queue, in due order.
type QueuePage struct {
	Cases   []CaseSummary `json:"cases"`
	Next    string        `json:"next,omitempty"`
	Offices []OfficeRef   `json:"offices,omitempty" doc:"For a supervisor: the other offices whose queues they may ask for"`
}

// OfficeRef names an office.
type OfficeRef struct {
	Key  string `json:"key"`
	Name string `json:"name"`
}

// CaseView is a case as an officer sees it: every fact, its source and the explanation in the Outcome it was accepted on.
type CaseView struct {
	CaseSummary
	ItemRef     plan.ItemRef    `json:"itemRef"`
	Answers     json.RawMessage `json:"answers"`
	Outcome     plan.Outcome    `json:"outcome"`
	Files       []File          `json:"files"`
	Paper       []string        `json:"paper"`
	Route       []RouteStage    `json:"route"`
	History     []HistoryEntry  `json:"history"`
	Clock       Clock           `json:"clock"`
	Procedures  []ProcedureView `json:"procedures" doc:"The special procedures that concern the case, from acceptance on"`
	Documents   []DocumentView  `json:"documents" doc:"The written documents of the case, in order"`
	Delivery    *DeliveryView   `json:"delivery,omitempty" doc:"After the decision: what is still to be done, and how it was"`
	Supplement  *Supplement     `json:"supplement,omitempty"`
	Gaps        []Gap           `json:"gaps" doc:"What was tolerated as missing at acceptance, handed in since or not"`
	Decision    *Decision       `json:"decision,omitempty"`
	ReceivedBy  string          `json:"receivedBy" doc:"Office that received it"`
	Legal       []Article       `json:"legal" doc:"The item's articles, which a refusal names by id"`
	Actions     []string        `json:"actions" enum:"accept,not-accept,request-supplement,supplement,supply-tolerated,approve,return,grant,refuse,withdraw,deliver,begin,conclude,answer,object,extend" doc:"What the caller may do now"`
	ApplicantID string          `json:"applicantId" doc:"Masked id number"`
}

// Article is an article of the item with the id by which a decision names it.
type Article struct {
	ID string `json:"id"`
	plan.LegalRef
}

// RouteStage is a stage of the case with what happened there.
type RouteStage struct {
	Key        string     `json:"key"`
	Name       lang.Text  `json:"name"`
	Act        string     `json:"act" enum:"accept,check,decide"`
	Office     string     `json:"office"`
	OfficeName string     `json:"officeName"`
	State      string     `json:"state" enum:"waiting,current,done"`
	Done       *time.Time `json:"done,omitempty"`
	Officer    string     `json:"officer,omitempty"`
}

// HistoryEntry is one act in the life of a case, for people.
type HistoryEntry struct {
	Seq    int64     `json:"seq"`
	At     time.Time `json:"at"`
	Kind   string    `json:"kind" enum:"received,accepted,not-accepted,supplement-requested,supplemented,supplied-tolerated,approved,returned,granted,refused,withdrawn,unanswered,procedure-begun,procedure-concluded,extended,objected,objection-answered,delivered"`
	By     string    `json:"by" doc:"Name of who acted; the platform itself for a deemed acceptance"`
	Office string    `json:"office,omitempty"`
	Stage  lang.Text `json:"stage,omitzero"`
	Text   string    `json:"text,omitempty" doc:"Opinion or reasons, as written"`
	Note   lang.Text `json:"note,omitzero" doc:"What the act was about, in words: which materials may follow and until when, which were handed in or did not come"`
	Deemed bool      `json:"deemed,omitempty" doc:"Accepted by lapse of the five working days, as of receipt"`
}

// Clock is the legal clock of the case.
type Clock struct {
	ReceivedOn   string `json:"receivedOn"`
	NoticeBy     string `json:"noticeBy" doc:"Last day for the one-time supplement notice; after it the case is accepted as of receipt"`
	AcceptedOn   string `json:"acceptedOn,omitempty"`
	PromisedDue  string `json:"promisedDue,omitempty"`
	StatutoryDue string `json:"statutoryDue,omitempty"`
	DecidedOn    string `json:"decidedOn,omitempty"`
	AnswerBy     string `json:"answerBy,omitempty" doc:"Last day for the applicant to answer the one-time notice, where the item sets one"`
	// Ledger is the clock as it ran; every due date is counted over it. While it stands still, the due dates hold if the
	// procedure ends when it is expected to.
	Ledger []ClockEntry `json:"ledger"`
	Paused *Paused      `json:"paused,omitempty" doc:"Why the clock stands still; the due dates hold if it ends when expected"`
}

// ClockEntry is a part of the clock's life.
type ClockEntry struct {
	Kind      string    `json:"kind" enum:"run,suspended,extended"`
	From      string    `json:"from" doc:"First day"`
	To        string    `json:"to,omitempty" doc:"Last day; empty while it lasts"`
	Workdays  *int      `json:"workdays,omitempty" doc:"Working days counted, up to today while it lasts"`
	Procedure lang.Text `json:"procedure,omitzero"`
	N         int       `json:"n,omitempty" doc:"Of an extension: by how much"`
	Unit      string    `json:"unit,omitempty" enum:"workday,day,month"`
}

// Paused says why the clock stands still.
type Paused struct {
	Since     string    `json:"since" doc:"First day that is not counted"`
	Until     string    `json:"until" doc:"Day on which the procedure is expected to end"`
	Procedure lang.Text `json:"procedure"`
	Reason    string    `json:"reason,omitempty"`
}

// ProcedureView is a special procedure of a case and what came of it.
type ProcedureView struct {
	Key      string         `json:"key"`
	Kind     string         `json:"kind" enum:"inquiry,extension,publicity"`
	Name     lang.Text      `json:"name"`
	Need     string         `json:"need" enum:"required,possible,on-objection,undetermined"`
	Suspends bool           `json:"suspends,omitempty"`
	Term     *plan.Term     `json:"term,omitempty"`
	State    string         `json:"state" enum:"open,running,done,failed" doc:"failed: an objection was right, and it has to be made again"`
	Runs     []ProcedureRun `json:"runs" doc:"Each time it was begun"`
	Actions  []string       `json:"actions" enum:"begin,conclude,answer,object,extend" doc:"What the caller may do with it now"`
}

// ProcedureRun is one time that a procedure was begun.
type ProcedureRun struct {
	On         string          `json:"on"`
	Until      string          `json:"until,omitempty"`
	Ended      string          `json:"ended,omitempty"`
	Failed     bool            `json:"failed,omitempty"`
	Text       string          `json:"text,omitempty" doc:"Why"`
	Result     string          `json:"result,omitempty" doc:"What was found; for staff"`
	By         string          `json:"by,omitempty"`
	Approver   string          `json:"approver,omitempty" doc:"Of an extension: the head of the office who approved it"`
	Light      string          `json:"light,omitempty" enum:"none,green,yellow,red"`
	DaysLeft   *int            `json:"daysLeft,omitempty"`
	Objections []ObjectionView `json:"objections"`
}

// ObjectionView is an objection to a publicity.
type ObjectionView struct {
	On       string `json:"on"`
	Objector string `json:"objector,omitempty" doc:"For staff"`
	Text     string `json:"text,omitempty" doc:"For staff"`
	Answered string `json:"answered,omitempty"`
	Upheld   bool   `json:"upheld,omitempty"`
	Answer   string `json:"answer,omitempty"`
}

// DocumentView is a written document of a case as it was issued. It bears no seal: none is drawn that is not there.
type DocumentView struct {
	Seq    int64        `json:"seq" doc:"The entry of the history it belongs to"`
	Kind   string       `json:"kind"`
	Number string       `json:"number" doc:"Numbered in its office and year"`
	On     string       `json:"on"`
	Office string       `json:"office" doc:"Name of the office that issued it"`
	To     string       `json:"to,omitempty" doc:"Whom it is addressed to; empty for what is posted for everybody"`
	Title  lang.Text    `json:"title"`
	Text   []lang.Text  `json:"text" doc:"Paragraphs"`
	Shows  []plan.Shown `json:"shows,omitempty" doc:"Of a publicity: what it tells, redacted"`
}

// DeliveryView is how what was granted reaches the person.
type DeliveryView struct {
	Due      string    `json:"due" doc:"Last day"`
	Name     lang.Text `json:"name" doc:"What is to be done"`
	On       string    `json:"on,omitempty" doc:"Day it was done"`
	How      string    `json:"how,omitempty" enum:"window,mail,electronic,visit"`
	Receiver string    `json:"receiver,omitempty"`
	Text     string    `json:"text,omitempty"`
}

// Supplement is the one-time notice (一次性告知).
type Supplement struct {
	At          time.Time   `json:"at"`
	Materials   []string    `json:"materials" doc:"Ids of materials asked for"`
	Names       []lang.Text `json:"names" doc:"Their names, in the same order"`
	Outstanding []string    `json:"outstanding" doc:"Ids of those not handed in yet"`
	Text        string      `json:"text"`
	Supplied    *time.Time  `json:"supplied,omitempty" doc:"When something was last handed in"`
}

// Gap is a material that was tolerated as missing when the case was accepted (容缺后补). The case cannot be granted while one
// is open.
type Gap struct {
	Material string     `json:"material" doc:"Material id"`
	Name     lang.Text  `json:"name"`
	Due      string     `json:"due" doc:"Last day for it"`
	Light    string     `json:"light" enum:"none,green,yellow,red" doc:"none once it was handed in or the case is closed"`
	DaysLeft *int       `json:"daysLeft,omitempty" doc:"Working days left; negative when late"`
	Open     bool       `json:"open" doc:"Still awaited"`
	Late     bool       `json:"late" doc:"Still awaited after its last day: a refusal may name it"`
	Supplied *time.Time `json:"supplied,omitempty" doc:"When it was handed in"`
	Text     lang.Text  `json:"text" doc:"How it stands, in words"`
}

// Decision is how the case ended.
type Decision struct {
	Granted   bool            `json:"granted"`
	At        time.Time       `json:"at"`
	By        string          `json:"by"`
	Office    string          `json:"office"`
	Reasons   string          `json:"reasons,omitempty"`
	Legal     []string        `json:"legal,omitempty"`
	Articles  []plan.LegalRef `json:"articles,omitempty" doc:"The articles themselves"`
	Competent string          `json:"competent,omitempty" doc:"For a case not accepted: the body that is competent"`
	Lapse     string          `json:"lapse,omitempty" enum:"withdrawn,returned" doc:"Nobody decided: the one-time notice was not answered in time"`
	// Unsupplied names the tolerated materials that did not come in time, where that is a reason.
	Unsupplied []lang.Text `json:"unsupplied,omitempty" doc:"Tolerated materials that did not come in time, where that is a reason"`
	Remedies   *lang.Text  `json:"remedies,omitempty" doc:"Review within 60 days, litigation within 6 months: on every adverse decision"`
}

// Action is a command on a case. Op makes it safe to send twice.
type Action struct {
	Kind       string   `json:"kind" enum:"accept,not-accept,request-supplement,supplement,supply-tolerated,approve,return,grant,refuse,withdraw,deliver,begin,conclude,answer,object,extend"`
	Revision   int64    `json:"revision" doc:"Revision of the case the person was looking at"`
	Op         string   `json:"op" minLength:"8" maxLength:"64" doc:"Made by the client, once for each press of a button"`
	Text       string   `json:"text,omitempty" maxLength:"2000" doc:"Opinion, reasons or notice; required for every adverse act"`
	Legal      []string `json:"legal,omitempty" doc:"Ids of articles a refusal rests on"`
	Materials  []string `json:"materials,omitempty" doc:"For a supplement notice: ids of what is missing. For a supplement, and for what was tolerated: ids of what was handed in on paper; files attached to the draft of the same id are taken along"`
	Unsupplied []string `json:"unsupplied,omitempty" doc:"For a refusal: ids of tolerated materials that did not come in time, where that is a reason"`
	Stage      string   `json:"stage,omitempty" doc:"For return: key of the earlier stage; the one before when empty"`
	Competent  string   `json:"competent,omitempty" doc:"For not-accept: the body that is competent, where there is one"`
	Procedure  string   `json:"procedure,omitempty" maxLength:"60" doc:"For begin, conclude, extend, object and answer: key of the special procedure"`
	Until      string   `json:"until,omitempty" doc:"For begin: day on which an inquiry is expected to end, of which the applicant is told; the longest the item allows when empty"`
	Approver   string   `json:"approver,omitempty" maxLength:"100" doc:"For extend: the head of the office who approved it"`
	Objector   string   `json:"objector,omitempty" maxLength:"100" doc:"For object: who objects"`
	Upheld     bool     `json:"upheld,omitempty" doc:"For answer: the objection is right, and the publicity has to be made again"`
	How        string   `json:"how,omitempty" enum:"window,mail,electronic,visit" doc:"For deliver: how it was handed over"`
	Receiver   string   `json:"receiver,omitempty" maxLength:"100" doc:"For deliver: who took it"`
}

// Progress is what the resident sees: no personal data beyond a masked name.
type Progress struct {
	Number     string         `json:"number"`
	Item       lang.Text      `json:"item"`
	Applicant  string         `json:"applicant"`
	Phase      string         `json:"phase" enum:"received,supplement,review,granted,refused,not-accepted,withdrawn"`
	Due        string         `json:"due,omitempty"`
	Stages     []RouteStage   `json:"stages" doc:"Without officers' names"`
	History    []HistoryEntry `json:"history" doc:"Without officers' names"`
	Supplement *Supplement    `json:"supplement,omitempty"`
	Gaps       []Gap          `json:"gaps" doc:"What was tolerated as missing at acceptance"`
	Decision   *Decision      `json:"decision,omitempty"`
	Contact    Contact        `json:"contact"`

	Paused     *Paused         `json:"paused,omitempty" doc:"Why the clock stands still; the due date holds if it ends when expected"`
	AnswerBy   string          `json:"answerBy,omitempty" doc:"Last day to answer the one-time notice"`
	Procedures []ProcedureView `json:"procedures" doc:"Special procedures, without what was found and who objected"`
	Documents  []DocumentView  `json:"documents" doc:"The written documents of the case; the name they are addressed to is masked"`
	Delivery   *DeliveryView   `json:"delivery,omitempty" doc:"After the decision: what is still to be done, and how it was"`
}

// Contact is whom to ask.
type Contact struct {
	Office  string `json:"office"`
	Phone   string `json:"phone,omitempty"`
	Address string `json:"address,omitempty"`
}

// Receipt is the printed proof that a case was received (收件回执).
type Receipt struct {
	Number    string         `json:"number"`
	Item      lang.Text      `json:"item"`
	ItemCode  string         `json:"itemCode"`
	Applicant string         `json:"applicant"`
	IDNumber  string         `json:"idNumber" doc:"Masked"`
	Received  time.Time      `json:"received"`
	Office    string         `json:"office"`
	Clerk     string         `json:"clerk"`
	Materials []ReceiptLine  `json:"materials"`
	NoticeBy  string         `json:"noticeBy"`
	Promised  plan.Term      `json:"promised"`
	Stages    []RouteStage   `json:"stages"`
	Contact   Contact        `json:"contact"`
	Derived   []plan.Derived `json:"derived"`
	Fees      plan.Fees      `json:"fees"`
}

// ReceiptLine is one material on the receipt.
type ReceiptLine struct {
	Name      lang.Text `json:"name"`
	How       string    `json:"how" enum:"licence,form,upload,paper,tolerated,not-given"`
	Reference string    `json:"reference,omitempty"`
	Copies    int       `json:"copies,omitempty"`
	Note      lang.Text `json:"note,omitzero" doc:"For what is tolerated: until when it may follow"`
}

// EvaluateRequest is an anonymous pre-check: what the person states, with no register and no licence consulted.
type EvaluateRequest struct {
	Date     string            `json:"date,omitempty" format:"date" doc:"Evaluation date; today when empty"`
	Answers  json.RawMessage   `json:"answers,omitempty" doc:"Tree of answers: {\"applicant\": {...}, \"agent\": null, \"form\": {...}}"`
	Provided map[string]string `json:"provided,omitempty" doc:"Materials the person has: material id -> upload or paper"`
	Final    bool              `json:"final,omitempty" doc:"The person has finished: blanks are blank on purpose"`
}

// OpenDraft asks for a new draft for a person. Sending it again with the same ID and the same person is no change.
type OpenDraft struct {
	ID       string // ULID made by the client; also the id of the case it becomes
	Item     string // item code
	IDType   string // "resident-id", or the passport kinds of the dictionary
	IDNumber string
	Purpose  string // why the register is looked up; recorded
}

// QueueFilter chooses a queue of the caller's office, or of one they supervise.
type QueueFilter struct {
	Kind   string // "office": cases whose turn it is there; "received": cases it received
	Office string // for a supervisor: key of another office of QueuePage.Offices; empty for the caller's own
	After  string // cursor of the last page
	Limit  int    // 1 to 200
}
