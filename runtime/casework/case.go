package casework

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/tongban/tongban/engine/fault"
	"github.com/tongban/tongban/engine/plan"
	"github.com/tongban/tongban/engine/store"
	"github.com/tongban/tongban/rules/ident"
	"github.com/tongban/tongban/rules/lang"
	"github.com/tongban/tongban/runtime/casefile"
	"github.com/tongban/tongban/runtime/licence"
)

// errNoCase is the answer for a case that does not exist and for one the caller may not see.
var errNoCase = fault.New(fault.NotFound, "case.not-found")

// loaded is a case as read from the store.
type loaded struct {
	env    store.Envelope
	state  casefile.State
	events []casefile.Event
	// What the state holds as JSON, where it was not read but made a moment ago.
	in  *plan.Input
	out *plan.Outcome
}

// title is what a list shows of a case without reading its log: Envelope.Title. The person is masked already.
type title struct {
	Item      lang.Text `json:"item"`
	Applicant string    `json:"applicant"`
	Stage     lang.Text `json:"stage,omitzero"`
	From      string    `json:"from,omitempty"`    // day the running limit counts from
	GapDue    string    `json:"gapDue,omitempty"`  // first last day for what was tolerated as missing
	GapFrom   string    `json:"gapFrom,omitempty"` // day it counts from
	Returned  bool      `json:"returned,omitempty"`
	Paused    lang.Text `json:"paused,omitzero"` // the procedure for which the clock stands still
	IDType    string    `json:"idType"`          // with the number a resident states it gives Envelope.Subject
}

func (s *Service) loadCase(ctx context.Context, id string) (loaded, error) {
	env, log, err := s.Store.Case(ctx, id)
	if fault.Is(err, fault.NotFound) || fault.Is(err, fault.Invalid) {
		return loaded{}, errNoCase
	}
	if err != nil {
		return loaded{}, err
	}
	c := loaded{env: env, events: make([]casefile.Event, len(log))}
	for i, e := range log {
		if c.events[i], err = casefile.Decode(e.Seq, e.At, e.Kind, e.Body); err != nil {
			return loaded{}, damaged(err, id)
		}
	}
	c.state = casefile.Replay(c.events)
	return c, nil
}

// visible loads a case for somebody who may see it: staff of the receiving office and of the offices on its route, and
// those who supervise one of these.
func (s *Service) visible(ctx context.Context, by Actor, id string) (loaded, error) {
	c, err := s.loadCase(ctx, id)
	if err != nil {
		return loaded{}, err
	}
	if !isStaff(by) || !c.state.Involves(by.Office) && !s.watches(by, c.state) {
		return loaded{}, errNoCase
	}
	return c, nil
}

func isStaff(by Actor) bool {
	return slices.ContainsFunc(by.Roles, func(r string) bool {
		return r == RoleClerk || r == RoleOfficer || r == RoleSupervisor
	})
}

func damaged(err error, id string) error {
	return fault.Wrap(err, fault.Internal, "case.damaged", "collection", "cases", "id", id)
}

func (c loaded) person() licence.Person {
	return licence.Person{IDType: c.state.Applicant.IDType, IDNumber: c.state.Applicant.IDNumber}
}

func (c loaded) input() (plan.Input, error) {
	if c.in != nil {
		return *c.in, nil
	}
	var in plan.Input
	if err := json.Unmarshal(c.state.Input, &in); err != nil {
		return plan.Input{}, damaged(err, c.env.ID)
	}
	return in, nil
}

func (c loaded) outcome() (plan.Outcome, error) {
	if c.out != nil {
		return *c.out, nil
	}
	var out plan.Outcome
	if err := json.Unmarshal(c.state.Outcome, &out); err != nil {
		return plan.Outcome{}, damaged(err, c.env.ID)
	}
	return out, nil
}

func (c loaded) hasFile(f casefile.File) bool {
	return slices.ContainsFunc(c.state.Files, func(g casefile.File) bool { return g.Material == f.Material && g.Hash == f.Hash })
}

// mayCollect says whether a material may still be handed in: only what the notice asked for or what was tolerated as missing,
// only while it is awaited.
func (c loaded) mayCollect(material string) error {
	if gaps := c.state.OpenGaps(); len(gaps) > 0 {
		if !slices.Contains(gaps, material) {
			return fault.New(fault.Invalid, "case.not-tolerated", "material", material)
		}
		return nil
	}
	switch {
	case c.state.Phase != casefile.Supplement && len(c.state.Outstanding()) == 0 || c.state.Phase.Final():
		return fault.New(fault.Conflict, "case.submitted", "number", c.state.Number)
	case !slices.Contains(c.state.Notice.Materials, material):
		return fault.New(fault.Invalid, "case.not-asked", "material", material)
	}
	return nil
}

// save writes events of a case with the envelope they lead to, in one act.
func (s *Service) save(ctx context.Context, c loaded, id string, events []casefile.Event, effects []store.Effect) (loaded, error) {
	next := loaded{state: c.state, events: slices.Clone(c.events)}
	commit := store.Commit{Expect: c.env.Revision, Effects: effects}
	for _, e := range events {
		kind, body, err := casefile.Encode(e)
		if err != nil {
			return loaded{}, damaged(err, id)
		}
		commit.Events = append(commit.Events, store.Event{Seq: e.Seq, At: e.At, Kind: kind, Body: body})
		next.state = casefile.Fold(next.state, e)
		next.events = append(next.events, e)
	}
	var err error
	if commit.Envelope, err = envelope(id, next.state, events[len(events)-1].At); err != nil {
		return loaded{}, err
	}
	if next.env, err = s.Store.Commit(ctx, commit); err != nil {
		return loaded{}, err
	}
	return next, nil
}

// envelope is what the queues know of a case.
func envelope(id string, st casefile.State, now time.Time) (store.Envelope, error) {
	due, from := st.Due()
	gapDue, gapFrom := st.GapDue()
	t := title{Item: st.Item.Name, GapDue: gapDue, GapFrom: gapFrom, Applicant: ident.MaskName(st.Applicant.Name), From: from, Returned: st.Returned,
		IDType: st.Applicant.IDType}
	if !st.Phase.Final() {
		t.Stage = st.Route[st.Stage].Name
	} else if st.AwaitsDelivery() {
		t.Stage = st.Deliver
	}
	if p := paused(st); p != nil {
		t.Paused = p.Procedure
	}
	raw, err := json.Marshal(t)
	if err != nil {
		return store.Envelope{}, damaged(err, id)
	}
	return store.Envelope{
		ID: id, Number: st.Number, Item: st.Item.Code, Version: st.Item.Version, State: string(st.Phase),
		Subject: licence.Person{IDType: st.Applicant.IDType, IDNumber: st.Applicant.IDNumber}.Subject(),
		Office:  st.Office(), Received: st.ReceivedBy.Office, Due: due, Created: st.ReceivedAt, Updated: now,
		Closed: st.Closed(), Title: raw,
	}, nil
}

// Queue lists cases of the caller's office, the most urgent first: those whose turn it is there (officers and supervisors)
// or those it received, closed ones last (clerks and supervisors). A supervisor may name another office that is theirs to
// watch; of its cases they see those of their own departments, so a page may come back shorter than asked for.
func (s *Service) Queue(ctx context.Context, by Actor, f QueueFilter) (QueuePage, error) {
	q := store.QueueQuery{After: f.After, Limit: f.Limit}
	switch {
	case q.Limit <= 0:
		q.Limit = pageDefault
	case q.Limit > store.MaxQueuePage:
		q.Limit = store.MaxQueuePage
	}
	may := func(role string) bool {
		return by.Office != "" && (slices.Contains(by.Roles, role) || slices.Contains(by.Roles, RoleSupervisor))
	}
	office := f.Office
	if office == "" {
		office = by.Office
	}
	switch f.Kind {
	case "office":
		if !may(RoleOfficer) {
			return QueuePage{}, fault.New(fault.Forbidden, "case.officer-required")
		}
		q.Office, q.Open = office, true
	case "received":
		if !may(RoleClerk) {
			return QueuePage{}, fault.New(fault.Forbidden, "case.clerk-required")
		}
		q.Received = office
	default:
		return QueuePage{}, fault.New(fault.Invalid, "case.bad-queue")
	}
	watched := s.watched(by)
	if office != by.Office && !slices.ContainsFunc(watched, func(o OfficeRef) bool { return o.Key == office }) {
		return QueuePage{}, fault.New(fault.Forbidden, "case.not-supervised", "office", office)
	}
	envs, next, err := s.Store.Queue(ctx, q)
	if err != nil {
		return QueuePage{}, err
	}
	page := QueuePage{Cases: make([]CaseSummary, 0, len(envs)), Next: next, Offices: watched}
	for _, env := range envs {
		if office != by.Office && !s.watchesOffice(by, office, s.authority(env.Item, env.Created.In(s.Zone).Format(time.DateOnly))) {
			continue
		}
		sum, err := s.caseSummary(env)
		if err != nil {
			return QueuePage{}, err
		}
		page.Cases = append(page.Cases, sum)
	}
	return page, nil
}

func (s *Service) caseSummary(env store.Envelope) (CaseSummary, error) {
	var t title
	if err := json.Unmarshal(env.Title, &t); err != nil {
		return CaseSummary{}, damaged(err, env.ID)
	}
	light, left := s.light(t.From, env.Due)
	gapLight, _ := s.light(t.GapFrom, t.GapDue)
	return CaseSummary{GapDue: t.GapDue, GapLight: gapLight, ID: env.ID, Revision: env.Revision, Number: env.Number, Item: t.Item, Applicant: t.Applicant,
		Phase: env.State, Stage: t.Stage, Office: env.Office, Due: env.Due, Light: light, DaysLeft: left,
		Received: env.Created, Returned: t.Returned, Paused: t.Paused}, nil
}

// Case returns a case to staff of its offices, and leaves an entry in the access log.
func (s *Service) Case(ctx context.Context, by Actor, id string) (CaseView, error) {
	c, err := s.visible(ctx, by, id)
	if err != nil {
		return CaseView{}, err
	}
	if err := s.logAccess(ctx, by, id, c.purpose(), c.person(), "case"); err != nil {
		return CaseView{}, err
	}
	return s.caseView(by, c)
}

// logAccess notes that somebody reads a person's data in a draft or case.
func (s *Service) logAccess(ctx context.Context, by Actor, ref, purpose string, of licence.Person, what ...string) error {
	return s.library().Log(ctx, access(by, ref, purpose), of, what...)
}

func access(by Actor, ref, purpose string) licence.Access {
	return licence.Access{Account: by.Account, Name: by.Name, Office: by.Office, Purpose: purpose, Ref: ref}
}

// purpose is what a case's data is read for: to deal with it.
func (c loaded) purpose() string { return "办理" + c.state.Item.Name.Zh }

// actor is how the case machine sees a caller.
func (by Actor) actor() casefile.Actor {
	return casefile.Actor{Account: by.Account, Name: by.Name, Office: by.Office,
		Officer: slices.Contains(by.Roles, RoleOfficer), Clerk: slices.Contains(by.Roles, RoleClerk)}
}

func (s *Service) caseView(by Actor, c loaded) (CaseView, error) {
	st := c.state
	sum, err := s.caseSummary(c.env)
	if err != nil {
		return CaseView{}, err
	}
	in, err := c.input()
	if err != nil {
		return CaseView{}, err
	}
	out, err := c.outcome()
	if err != nil {
		return CaseView{}, err
	}
	if a := st.Accept; a != nil { // the days as the clock has them now
		out.Limit.Promised.Due = a.PromisedDue
		if out.Limit.Statutory != nil {
			out.Limit.Statutory.Due = a.StatutoryDue
		}
	}
	sum.Applicant = st.Applicant.Name
	v := CaseView{CaseSummary: sum, ItemRef: st.Item, Answers: in.Answers, Outcome: out, Files: viewFiles(st.Files),
		Paper: append([]string{}, st.Paper...), Route: route(st), History: history(c, out, true),
		Clock: s.clock(st), Procedures: s.procedures(st, &by), Documents: s.documents(c, true), Delivery: delivery(st), Supplement: supplement(st, out), Gaps: s.gaps(st, out), Decision: s.decision(st, out), Legal: []Article{},
		ReceivedBy: st.ReceivedBy.Office, Actions: casefile.Allowed(st, by.actor(), s.today()),
		ApplicantID: ident.MaskID(st.Applicant.IDNumber)}
	s.nameOffices(&v)
	for _, a := range st.Legal {
		v.Legal = append(v.Legal, Article{ID: a.ID, LegalRef: legalRef(a)})
	}
	if v.Actions == nil {
		v.Actions = []string{}
	}
	return v, nil
}

// nameOffices writes the names of offices where people read them.
func (s *Service) nameOffices(v *CaseView) {
	v.ReceivedBy = s.officeName(v.ReceivedBy)
	for i := range v.History {
		v.History[i].Office = s.officeName(v.History[i].Office)
	}
	if v.Decision != nil {
		v.Decision.Office = s.officeName(v.Decision.Office)
	}
}

func route(st casefile.State) []RouteStage {
	out := make([]RouteStage, len(st.Route))
	for i, stage := range st.Route {
		r := RouteStage{Key: stage.Key, Name: stage.Name, Act: stage.Act, Office: stage.Office, OfficeName: stage.OfficeName, State: "waiting"}
		if rec := st.Records[i]; rec.Done != nil {
			r.State, r.Done, r.Officer = "done", rec.Done, rec.By.Name
		} else if i == st.Stage && !st.Phase.Final() {
			r.State = "current"
		}
		out[i] = r
	}
	return out
}

func (s *Service) clock(st casefile.State) Clock {
	c := Clock{ReceivedOn: st.ReceivedOn, NoticeBy: st.NoticeBy, Ledger: s.ledger(st), Paused: paused(st)}
	if n := st.Notice; n != nil {
		c.AnswerBy = n.AnswerBy
	}
	if a := st.Accept; a != nil {
		c.AcceptedOn, c.PromisedDue, c.StatutoryDue = a.On, a.PromisedDue, a.StatutoryDue
	}
	if e := st.Ending; e != nil && (st.Phase == casefile.Granted || st.Phase == casefile.Refused) {
		c.DecidedOn = e.On
	}
	return c
}

func supplement(st casefile.State, out plan.Outcome) *Supplement {
	n := st.Notice
	if n == nil {
		return nil
	}
	v := &Supplement{At: n.At, Materials: n.Materials, Text: n.Text, Names: make([]lang.Text, len(n.Materials)),
		Outstanding: append([]string{}, st.Outstanding()...)}
	for i, id := range n.Materials {
		v.Names[i] = nameOf(id, out)
	}
	if !n.Last.IsZero() {
		v.Supplied = &n.Last
	}
	return v
}

// nameOf names a material by its id.
func nameOf(id string, out plan.Outcome) lang.Text {
	for _, m := range out.Materials {
		if m.ID == id {
			return materialName(m)
		}
	}
	return lang.Text{Zh: id}
}

// materialName tells apart the same document of different people.
func materialName(m plan.Material) lang.Text {
	if m.Of == "" || m.Of == applicant || m.OfName.IsZero() {
		return m.Name
	}
	return lang.Text{Zh: m.Name.Zh + "（" + m.OfName.Zh + "）", En: m.Name.In(lang.En) + " (" + m.OfName.In(lang.En) + ")"}
}

func (s *Service) decision(st casefile.State, out plan.Outcome) *Decision {
	e := st.Ending
	if e == nil || st.Phase == casefile.Withdrawn && e.Lapse == "" {
		return nil
	}
	d := &Decision{Granted: st.Phase == casefile.Granted, Lapse: string(e.Lapse), At: e.At, By: e.By.Name, Office: e.By.Office, Reasons: e.Reasons,
		Legal: e.Legal, Competent: e.Competent}
	for _, a := range st.Legal {
		if slices.Contains(e.Legal, a.ID) {
			d.Articles = append(d.Articles, legalRef(a))
		}
	}
	for _, id := range e.Unsupplied {
		d.Unsupplied = append(d.Unsupplied, nameOf(id, out))
	}
	if e.Remedies != nil {
		text := s.remedies(*e.Remedies, e.By.Office)
		d.Remedies = &text
	}
	return d
}

func legalRef(a casefile.Article) plan.LegalRef {
	return plan.LegalRef{Title: a.Title, DocumentNo: a.DocumentNo, Article: a.Article}
}

// platformName stands in a history for what nobody did: a period that passed.
const platformName = "通办平台"

// history tells the life of a case. Who acted inside an office, and what officers wrote to each other, is only for staff.
func history(c loaded, out plan.Outcome, staff bool) []HistoryEntry {
	entries := make([]HistoryEntry, 0, len(c.events))
	stages := c.state.Route
	for _, e := range c.events {
		h := HistoryEntry{Seq: e.Seq, At: e.At, Kind: e.Body.Kind(), By: e.By.Name, Office: e.By.Office}
		public := false
		switch b := e.Body.(type) {
		case casefile.WasAccepted:
			h.Stage, h.Text, h.Deemed, h.Note = stages[0].Name, b.Text, b.Deemed, toleratedNote(b.Gaps, out)
		case casefile.WasNotAccepted:
			h.Stage, h.Text, public = stages[0].Name, b.Text, true
		case casefile.WasAskedToSupplement:
			h.Stage, h.Text, public = stages[0].Name, b.Text, true
		case casefile.WasSupplemented:
			h.Text = b.Text
		case casefile.WasSuppliedTolerated:
			h.Text, h.Note = b.Text, suppliedNote(b, out)
		case casefile.WasApproved:
			h.Stage, h.Text = stages[b.From].Name, b.Text
		case casefile.WasReturned:
			h.Stage, h.Text = stages[b.From].Name, b.Text
		case casefile.WasGranted:
			h.Stage, h.Text = stages[len(stages)-1].Name, b.Text
		case casefile.WasRefused:
			h.Stage, h.Text, public = stages[len(stages)-1].Name, b.Text, true
			h.Note = unsuppliedNote(b.Unsupplied, out)
		case casefile.WasWithdrawn:
			h.Text = b.Text
		case casefile.WasBegun:
			h.Text, public = b.Text, true
		case casefile.WasConcluded:
			h.Text = b.Text
		case casefile.WasExtended:
			h.Text, public = b.Text, true
		case casefile.WasObjectedTo:
			h.Text = b.Objector + "：" + b.Text
		case casefile.WasAnswered:
			h.Text, public = b.Text, true
		case casefile.WasDelivered:
			h.Text = b.Receiver
			if b.Text != "" {
				h.Text += "；" + b.Text
			}
		case casefile.WasUnanswered:
			h.Note = lapseNotes[b.Lapse]
		}
		if note, ok := procedureNote(c.state, e.Body); ok {
			h.Note = note
		}
		if e.By == (casefile.Actor{}) {
			h.By = platformName
		}
		if !staff {
			h.By = ""
			if !public {
				h.Text = ""
			}
		}
		entries = append(entries, h)
	}
	return entries
}

// File returns a file of a draft or a case with its content, to those who may see the draft or case, and leaves an entry in
// the access log.
func (s *Service) File(ctx context.Context, by Actor, id, hash string) (File, []byte, error) {
	person, purpose, files, err := s.filesOf(ctx, by, id)
	if err != nil {
		return File{}, nil, err
	}
	at := slices.IndexFunc(files, func(f casefile.File) bool { return f.Hash == hash })
	if at < 0 {
		return File{}, nil, fault.New(fault.NotFound, "case.file-not-found")
	}
	if err := s.logAccess(ctx, by, id, purpose, person, "file:"+hash); err != nil {
		return File{}, nil, err
	}
	content, err := s.Store.Blob(ctx, hash)
	if err != nil {
		return File{}, nil, err
	}
	return File(files[at]), content, nil
}

// filesOf lists the files of a case the caller may see, with those collected for it, or else of a draft, and the purpose
// they are read for.
func (s *Service) filesOf(ctx context.Context, by Actor, id string) (licence.Person, string, []casefile.File, error) {
	c, err := s.visible(ctx, by, id)
	if err == nil {
		files := c.state.Files
		if d, err := s.loadDraft(ctx, by, id); err == nil {
			files = append(slices.Clone(files), d.Files...)
		}
		return c.person(), c.purpose(), files, nil
	}
	if !fault.Is(err, fault.NotFound) {
		return licence.Person{}, "", nil, err
	}
	d, err := s.loadDraft(ctx, by, id)
	if err != nil {
		if k := fault.KindOf(err); k == fault.NotFound || k == fault.Forbidden {
			err = fault.New(fault.NotFound, "case.file-not-found")
		}
		return licence.Person{}, "", nil, err
	}
	return d.Person, d.Purpose, d.Files, nil
}
