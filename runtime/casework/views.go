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

// CaseSummary is a case in a queue; the person is masked.
type CaseSummary struct {
	ID        string    `json:"id"`
	Revision  int64     `json:"revision"`
	Number    string    `json:"number"`
	Item      lang.Text `json:"item"`
	Applicant string    `json:"applicant" doc:"Masked name"`
	Phase     string    `json:"phase" enum:"received,supplement,review,granted,refused,not-accepted,withdrawn"`
	Stage     lang.Text `json:"stage,omitzero"`
	Office    string    `json:"office,omitempty"`
	Due       string    `json:"due,omitempty" doc:"Last day of the running limit"`
	Light     string    `json:"light" enum:"none,green,yellow,red"`
	DaysLeft  *int      `json:"daysLeft,omitempty" doc:"Working days left; negative when overdue"`
	Received  time.Time `json:"received"`
	Returned  bool      `json:"returned,omitempty" doc:"Came back from a later stage"`
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
	Supplement  *Supplement     `json:"supplement,omitempty"`
	Gaps        []Gap           `json:"gaps" doc:"What was tolerated as missing at acceptance, handed in since or not"`
	Decision    *Decision       `json:"decision,omitempty"`
	ReceivedBy  string          `json:"receivedBy" doc:"Office that received it"`
	Legal       []Article       `json:"legal" doc:"The item's articles, which a refusal names by id"`
	Actions     []string        `json:"actions" enum:"accept,not-accept,request-supplement,supplement,supply-tolerated,approve,return,grant,refuse,withdraw" doc:"What the caller may do now"`
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
	Kind   string    `json:"kind" enum:"received,accepted,not-accepted,supplement-requested,supplemented,supplied-tolerated,approved,returned,granted,refused,withdrawn"`
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
	// Unsupplied names the tolerated materials that did not come in time, where that is a reason.
	Unsupplied []lang.Text `json:"unsupplied,omitempty" doc:"Tolerated materials that did not come in time, where that is a reason"`
	Remedies   *lang.Text  `json:"remedies,omitempty" doc:"Review within 60 days, litigation within 6 months: on every adverse decision"`
}

// Action is a command on a case. Op makes it safe to send twice.
type Action struct {
	Kind       string   `json:"kind" enum:"accept,not-accept,request-supplement,supplement,supply-tolerated,approve,return,grant,refuse,withdraw"`
	Revision   int64    `json:"revision" doc:"Revision of the case the person was looking at"`
	Op         string   `json:"op" minLength:"8" maxLength:"64" doc:"Made by the client, once for each press of a button"`
	Text       string   `json:"text,omitempty" maxLength:"2000" doc:"Opinion, reasons or notice; required for every adverse act"`
	Legal      []string `json:"legal,omitempty" doc:"Ids of articles a refusal rests on"`
	Materials  []string `json:"materials,omitempty" doc:"For a supplement notice: ids of what is missing. For a supplement, and for what was tolerated: ids of what was handed in on paper; files attached to the draft of the same id are taken along"`
	Unsupplied []string `json:"unsupplied,omitempty" doc:"For a refusal: ids of tolerated materials that did not come in time, where that is a reason"`
	Stage      string   `json:"stage,omitempty" doc:"For return: key of the earlier stage; the one before when empty"`
	Competent  string   `json:"competent,omitempty" doc:"For not-accept: the body that is competent, where there is one"`
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
