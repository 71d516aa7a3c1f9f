package casework

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/oklog/ulid/v2"

	"github.com/tongban/tongban/engine/fault"
	"github.com/tongban/tongban/engine/plan"
	"github.com/tongban/tongban/engine/store"
	"github.com/tongban/tongban/rules/diag"
	"github.com/tongban/tongban/rules/ident"
	"github.com/tongban/tongban/runtime/casefile"
	"github.com/tongban/tongban/runtime/document"
	"github.com/tongban/tongban/runtime/licence"
)

const (
	drafts      = "drafts"            // collection: one document for each application being filled in
	keyAccount  = "account"           // its key: who opened it
	draftLife   = 30 * 24 * time.Hour // since it was last touched
	maxFiles    = 100                 // of a draft
	applicant   = "applicant"         // the party every case is about
	keyIDType   = "id_type"
	keyIDNumber = "id_number"
	inRow       = "person:" // and a number: the key of the evidence about somebody in a row of a list
)

// draft is the body of a draft document. After submission the document with the same id, if there is one, only collects
// what answers a supplement notice or was tolerated as missing.
type draft struct {
	Item     string                    `json:"item"`
	Account  string                    `json:"account"`
	Office   string                    `json:"office"`
	Person   licence.Person            `json:"person"`
	Name     string                    `json:"name,omitempty"` // of the applicant, for the list
	Purpose  string                    `json:"purpose"`
	Answers  json.RawMessage           `json:"answers"`
	Files    []casefile.File           `json:"files,omitempty"`
	Paper    []string                  `json:"paper,omitempty"`
	Evidence map[string]licence.Answer `json:"evidence,omitempty"` // by party group, or by inRow and the number
	Created  time.Time                 `json:"created"`
	Readers  []string                  `json:"readers,omitempty"` // accounts whose work on it is in the access log
}

// opened is a draft with where it lies in the store. Its case is there once it was submitted.
type opened struct {
	draft
	id       string
	revision int64
	updated  time.Time
	expires  time.Time
	kase     *loaded
}

// To the caller both are the same: a draft of another office does not exist for them.
var (
	errNoDraft   = fault.New(fault.NotFound, "case.draft-not-found")
	errElsewhere = fault.New(fault.NotFound, "case.draft-not-found")
)

func requireClerk(by Actor) error {
	if !slices.Contains(by.Roles, RoleClerk) || by.Office == "" {
		return fault.New(fault.Forbidden, "case.clerk-required")
	}
	return nil
}

// OpenDraft opens a draft for a person and looks up what the city knows of them, for a stated purpose. Sending it again with
// the same id, person and item is no change. Clerks only.
func (s *Service) OpenDraft(ctx context.Context, by Actor, req OpenDraft) (DraftView, error) {
	if err := requireClerk(by); err != nil {
		return DraftView{}, err
	}
	if id, err := ulid.ParseStrict(req.ID); err != nil || id.String() != req.ID {
		return DraftView{}, fault.New(fault.Invalid, "case.bad-draft-id")
	}
	person, err := identify(req.IDType, req.IDNumber)
	if err != nil {
		return DraftView{}, err
	}
	d, err := s.loadDraft(ctx, by, req.ID)
	switch {
	case err == nil:
		if d.Person != person || d.Item != req.Item {
			return DraftView{}, fault.New(fault.Conflict, "case.draft-taken")
		}
		return s.showDraft(ctx, by, d)
	case errors.Is(err, errElsewhere):
		return DraftView{}, fault.New(fault.Conflict, "case.draft-taken")
	case !fault.Is(err, fault.NotFound):
		return DraftView{}, err
	}
	if _, err := s.Items.Current(req.Item, s.today()); err != nil {
		return DraftView{}, err
	}
	access, err := licence.Access{Purpose: req.Purpose}.Check()
	if err != nil {
		return DraftView{}, err
	}
	answers, err := withPerson(nil, person)
	if err != nil {
		return DraftView{}, err
	}
	d = opened{id: req.ID, draft: draft{Item: req.Item, Account: by.Account, Office: by.Office, Person: person,
		Purpose: access.Purpose, Answers: answers, Created: s.now()}}
	if err := s.lookUp(ctx, by, &d, false); err != nil {
		return DraftView{}, err
	}
	if err := s.putDraft(ctx, &d); err != nil {
		if fault.Is(err, fault.Conflict) { // the same request a moment earlier
			if d, err = s.loadDraft(ctx, by, req.ID); err == nil && (d.Person != person || d.Item != req.Item) {
				err = fault.New(fault.Conflict, "case.draft-taken")
			}
		}
		if err != nil {
			return DraftView{}, err
		}
	}
	return s.draftView(d)
}

// identify checks an identity number and its kind.
func identify(idType, number string) (licence.Person, error) {
	id, err := ident.ParseID(number)
	if err != nil {
		return licence.Person{}, identFault(err)
	}
	if want := idTypes[id.Kind()]; idType != want {
		return licence.Person{}, fault.New(fault.Invalid, "case.id-kind")
	}
	return licence.Person{IDType: idType, IDNumber: id.Number}, nil
}

// idTypes maps what a number is to the dictionary's choice of id_type.
var idTypes = map[ident.IDKind]string{
	ident.Citizen:   "resident-id",
	ident.HongKong:  "hmt-residence",
	ident.Macau:     "hmt-residence",
	ident.Taiwan:    "hmt-residence",
	ident.Foreigner: "foreign-permanent",
}

func identFault(err error) error {
	c, ok := err.(interface {
		Code() string
		Args() map[string]string
	})
	if !ok {
		return fault.Wrap(err, fault.Invalid, "case.id-invalid")
	}
	f := fault.Wrap(err, fault.Invalid, c.Code())
	f.Args = c.Args()
	return f
}

// Draft returns a draft of the caller's office, and leaves an entry in the access log. A draft that was submitted shows the
// case it became.
func (s *Service) Draft(ctx context.Context, by Actor, id string) (DraftView, error) {
	d, err := s.loadDraft(ctx, by, id)
	if err != nil {
		return DraftView{}, err
	}
	return s.showDraft(ctx, by, d)
}

// showDraft shows a draft to somebody who reads it, rather than having just written it.
func (s *Service) showDraft(ctx context.Context, by Actor, d opened) (DraftView, error) {
	if err := s.logAccess(ctx, by, d.id, d.purpose(), d.Person, "draft"); err != nil {
		return DraftView{}, err
	}
	return s.draftView(d)
}

// logReader notes in the access log that somebody who did not open a draft works on it and is shown it: once for each, not
// with every change.
func (s *Service) logReader(ctx context.Context, by Actor, d *opened) error {
	if by.Account == d.Account || slices.Contains(d.Readers, by.Account) {
		return nil
	}
	d.Readers = append(d.Readers, by.Account)
	return s.logAccess(ctx, by, d.id, d.purpose(), d.Person, "draft")
}

// purpose is what a draft's data is read for.
func (d opened) purpose() string {
	if d.kase != nil {
		return d.kase.purpose()
	}
	return d.Purpose
}

// Drafts lists the caller's own drafts, the last touched first.
func (s *Service) Drafts(ctx context.Context, by Actor) ([]DraftSummary, error) {
	if err := requireClerk(by); err != nil {
		return nil, err
	}
	docs, err := s.Store.Find(ctx, store.Query{Collection: drafts, Key: keyAccount, Value: by.Account, Limit: store.MaxPage})
	if err != nil {
		return nil, err
	}
	out := []DraftSummary{}
	for _, doc := range docs {
		var d draft
		if err := json.Unmarshal(doc.Body, &d); err != nil {
			return nil, damaged(err, doc.ID)
		}
		if d.Office != by.Office {
			continue // opened before the person moved to another office
		}
		switch _, err := s.loadCase(ctx, doc.ID); {
		case err == nil:
			continue // it has become a case, and is about to be deleted
		case !fault.Is(err, fault.NotFound):
			return nil, err
		}
		sum := DraftSummary{ID: doc.ID, Applicant: ident.MaskName(d.Name), Updated: doc.Updated}
		if p, err := s.Items.Current(d.Item, s.today()); err == nil {
			sum.Item = p.Ref().Name
		}
		out = append(out, sum)
	}
	slices.SortStableFunc(out, func(a, b DraftSummary) int { return b.Updated.Compare(a.Updated) })
	return out, nil
}

// SaveDraft replaces the answers of a draft read at a revision; Conflict if it has another by now. Wrong and incomplete
// answers are kept as well: what is wrong with them is in the Outcome. The applicant cannot be exchanged.
func (s *Service) SaveDraft(ctx context.Context, by Actor, id string, revision int64, answers json.RawMessage) (DraftView, error) {
	d, err := s.loadDraft(ctx, by, id)
	if err != nil {
		return DraftView{}, err
	}
	if d.kase != nil {
		return DraftView{}, fault.New(fault.Conflict, "case.submitted", "number", d.kase.state.Number)
	}
	if d.revision != revision {
		return DraftView{}, staleDraft
	}
	if d.Answers, err = withPerson(answers, d.Person); err != nil {
		return DraftView{}, err
	}
	if err := s.logReader(ctx, by, &d); err != nil {
		return DraftView{}, err
	}
	if err := s.lookUp(ctx, by, &d, false); err != nil {
		return DraftView{}, err
	}
	if err := s.putDraft(ctx, &d); err != nil {
		return DraftView{}, err
	}
	return s.draftView(d)
}

var staleDraft = fault.New(fault.Conflict, "case.draft-stale")

// withPerson puts the applicant's identity into answers; one that differs is refused, since everything on record was looked
// up for the person the draft was opened for.
func withPerson(answers json.RawMessage, p licence.Person) (json.RawMessage, error) {
	tree, err := answerTree(answers)
	if err != nil {
		return nil, err
	}
	members := map[string]json.RawMessage{}
	if raw, ok := tree[applicant]; ok {
		if err := json.Unmarshal(raw, &members); err != nil {
			return nil, fault.Wrap(err, fault.Invalid, "case.answers-invalid")
		}
		if members == nil {
			members = map[string]json.RawMessage{}
		}
	}
	for key, want := range map[string]string{keyIDType: p.IDType, keyIDNumber: p.IDNumber} {
		if raw, ok := members[key]; ok && string(raw) != "null" {
			var got string
			if err := json.Unmarshal(raw, &got); err != nil || ident.Normalize(got) != ident.Normalize(want) {
				return nil, fault.New(fault.Conflict, "case.other-person")
			}
		}
		members[key] = quoted(want)
	}
	tree[applicant] = object(members)
	return object(tree), nil
}

// DiscardDraft deletes a draft of the caller's office. One that is not there any more is no error.
func (s *Service) DiscardDraft(ctx context.Context, by Actor, id string) error {
	d, err := s.loadDraft(ctx, by, id)
	switch {
	case fault.Is(err, fault.NotFound) && !errors.Is(err, errElsewhere):
		return nil
	case err != nil:
		return err
	case d.kase != nil:
		return fault.New(fault.Conflict, "case.submitted", "number", d.kase.state.Number)
	}
	err = s.Store.Delete(ctx, drafts, id, d.revision)
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if fault.Is(err, fault.Conflict) {
		return staleDraft
	}
	return err
}

// AttachFile adds a file to a material of a draft, or to one that its case waits for: the supplement notice asks for it, or it
// was tolerated as missing. The content decides what the file is; the same content for the same material is no change.
func (s *Service) AttachFile(ctx context.Context, by Actor, id, material, filename string, content []byte) (DraftView, error) {
	d, err := s.loadDraft(ctx, by, id)
	if err != nil {
		return DraftView{}, err
	}
	maxBytes, err := s.fileLimit(d, material)
	if err != nil {
		return DraftView{}, err
	}
	doc, err := document.Check(filename, content, maxBytes)
	if err != nil {
		return DraftView{}, err
	}
	hash, err := s.Store.PutBlob(ctx, content)
	if err != nil {
		return DraftView{}, err
	}
	return s.editDraft(ctx, by, d, func(d *opened) error {
		if slices.ContainsFunc(d.Files, func(f casefile.File) bool { return f.Material == material && f.Hash == hash }) {
			return nil
		}
		if len(d.Files) >= maxFiles {
			return fault.New(fault.TooMany, "case.too-many-files", "max", maxFiles)
		}
		d.Files = append(d.Files, casefile.File{Material: material, Hash: hash, Name: doc.Name, Type: doc.Type, Size: doc.Size, At: s.now()})
		return nil
	})
}

// DetachFile takes a file off a material again. One that is not there is no error.
func (s *Service) DetachFile(ctx context.Context, by Actor, id, material, hash string) (DraftView, error) {
	d, err := s.loadDraft(ctx, by, id)
	if err != nil {
		return DraftView{}, err
	}
	return s.editDraft(ctx, by, d, func(d *opened) error {
		d.Files = slices.DeleteFunc(d.Files, func(f casefile.File) bool { return f.Material == material && f.Hash == hash })
		return nil
	})
}

// SetPaper notes that the clerk has seen and taken the paper original of a material, or takes the note back.
func (s *Service) SetPaper(ctx context.Context, by Actor, id, material string, taken bool) (DraftView, error) {
	d, err := s.loadDraft(ctx, by, id)
	if err != nil {
		return DraftView{}, err
	}
	if _, err := s.fileLimit(d, material); err != nil && taken {
		return DraftView{}, err
	}
	return s.editDraft(ctx, by, d, func(d *opened) error {
		if d.Paper = slices.DeleteFunc(d.Paper, func(m string) bool { return m == material }); taken {
			d.Paper = append(d.Paper, material)
		}
		return nil
	})
}

// fileLimit returns the most bytes a file of a material may have, or says that the material cannot be handed in.
func (s *Service) fileLimit(d opened, material string) (int64, error) {
	var out plan.Outcome
	if d.kase != nil {
		if err := d.kase.mayCollect(material); err != nil {
			return 0, err
		}
		var err error
		if out, err = d.kase.outcome(); err != nil {
			return 0, err
		}
	} else {
		p, err := s.Items.Current(d.Item, s.today())
		if err != nil {
			return 0, err
		}
		out = p.Evaluate(s.input(d.draft, false))
	}
	for _, m := range out.Materials {
		if m.ID == material {
			return m.MaxBytes, nil
		}
	}
	return 0, fault.New(fault.Invalid, "case.unknown-material", "material", material)
}

// editDraft changes a draft and writes it; whoever changed it in between is not overwritten but changed upon.
func (s *Service) editDraft(ctx context.Context, by Actor, d opened, edit func(*opened) error) (DraftView, error) {
	for range maxRaces {
		if err := edit(&d); err != nil {
			return DraftView{}, err
		}
		if err := s.logReader(ctx, by, &d); err != nil {
			return DraftView{}, err
		}
		err := s.putDraft(ctx, &d)
		if err == nil {
			return s.draftView(d)
		}
		if !fault.Is(err, fault.Conflict) {
			return DraftView{}, err
		}
		if d, err = s.loadDraft(ctx, by, d.id); err != nil {
			return DraftView{}, err
		}
	}
	return DraftView{}, staleDraft
}

// maxRaces is how often a write that lost a race is tried again.
const maxRaces = 5

// loadDraft returns a draft of the caller's office, or what stands for it once it became a case: that is also open to the
// officer who has the case, while something is to be handed in.
func (s *Service) loadDraft(ctx context.Context, by Actor, id string) (opened, error) {
	clerk := requireClerk(by)
	if clerk != nil && !by.actor().Officer {
		return opened{}, clerk
	}
	d := opened{id: id}
	doc, err := s.Store.Get(ctx, drafts, id)
	switch {
	case err == nil:
		if err := json.Unmarshal(doc.Body, &d.draft); err != nil {
			return opened{}, damaged(err, id)
		}
		d.revision, d.updated, d.expires = doc.Revision, doc.Updated, doc.Expires
	case fault.Is(err, fault.Invalid): // an id that no draft can have
		return opened{}, errNoDraft
	case !fault.Is(err, fault.NotFound):
		return opened{}, err
	}
	c, err := s.loadCase(ctx, id)
	switch {
	case fault.Is(err, fault.NotFound):
		switch {
		case clerk != nil:
			return opened{}, clerk
		case d.revision == 0:
			return opened{}, errNoDraft
		case d.Office != by.Office:
			return opened{}, errElsewhere
		}
		return d, nil
	case err != nil:
		return opened{}, err
	case !s.collects(by, c):
		if clerk != nil {
			return opened{}, clerk
		}
		return opened{}, errElsewhere
	}
	d.kase = &c
	d.Item, d.Account, d.Office = c.env.Item, c.state.ReceivedBy.Account, c.state.ReceivedBy.Office
	d.Person = c.person()
	d.Created = c.state.ReceivedAt
	in, err := c.input()
	if err != nil {
		return opened{}, err
	}
	d.Answers, d.Evidence = in.Answers, nil
	if d.expires.IsZero() {
		d.updated, d.expires = c.env.Updated, s.now().Add(draftLife)
	}
	// What the case has already is not waiting to be handed in.
	d.Files = slices.DeleteFunc(d.Files, c.hasFile)
	d.Paper = slices.DeleteFunc(d.Paper, func(m string) bool { return slices.Contains(c.state.Paper, m) })
	return d, nil
}

// collects reports whether somebody may see what waits to be handed in to a case: the clerks of the window that received it,
// and who may hand something in now.
func (s *Service) collects(by Actor, c loaded) bool {
	if requireClerk(by) == nil && c.state.ReceivedBy.Office == by.Office {
		return true
	}
	may := casefile.Allowed(c.state, by.actor(), s.today())
	return slices.Contains(may, casefile.KindSupplement) || slices.Contains(may, casefile.KindSupplyTolerated)
}

// putDraft writes a draft at the revision it was read at and extends its life.
func (s *Service) putDraft(ctx context.Context, d *opened) error {
	now := s.now()
	doc := store.Document{Collection: drafts, ID: d.id, Revision: d.revision, Updated: now, Expires: now.Add(draftLife)}
	body := d.draft
	if d.kase != nil {
		// The case holds the rest. It is no longer one of the account's drafts.
		body = draft{Office: d.Office, Files: d.Files, Paper: d.Paper, Readers: d.Readers}
	} else {
		doc.Keys = map[string]string{keyAccount: d.Account}
	}
	var err error
	if doc.Body, err = json.Marshal(body); err != nil {
		return damaged(err, d.id)
	}
	written, err := s.Store.Put(ctx, doc)
	if fault.Is(err, fault.Conflict) {
		return staleDraft
	}
	if err != nil {
		return err
	}
	d.revision, d.updated, d.expires = written.Revision, written.Updated, written.Expires
	return nil
}

// lookUp fills in what the registers say about the parties the answers name: the applicant's record and licences, the
// licences of the others, and those of persons in rows of lists as far as the item is about them. A person already looked up is not looked up again unless asked afresh; an answer about somebody
// who is no longer named is dropped.
func (s *Service) lookUp(ctx context.Context, by Actor, d *opened, afresh bool) error {
	p, err := s.Items.Current(d.Item, s.today())
	if err != nil {
		return err
	}
	tree, err := answerTree(d.Answers)
	if err != nil {
		return err
	}
	evidence := map[string]licence.Answer{}
	ask := func(key string, person licence.Person, register bool) error {
		if known, ok := d.Evidence[key]; ok && known.Person == person && !afresh {
			evidence[key] = known
			return nil
		}
		answer, err := s.library().Ask(ctx, access(by, d.id, d.Purpose), person, register)
		evidence[key] = answer
		return err
	}
	for _, use := range p.Definition().Use {
		key := strings.TrimSuffix(use, "?")
		if g, ok := s.Dictionary.Group(key); !ok || !g.Party {
			continue
		}
		person := d.Person
		if key != applicant {
			var ok bool
			if person, ok = personIn(tree[key]); !ok {
				continue
			}
		}
		if err := ask(key, person, key == applicant); err != nil {
			return err
		}
	}
	for _, number := range p.People(d.Answers) {
		id, err := ident.ParseID(number)
		if err != nil {
			continue
		}
		if err := ask(inRow+number, licence.Person{IDType: idTypes[id.Kind()], IDNumber: id.Number}, false); err != nil {
			return err
		}
	}
	d.Evidence = evidence
	d.Name = s.nameIn(tree, evidence)
	return nil
}

// personIn reads the identity a group of answers names, if it is complete and its number is well-formed.
func personIn(raw json.RawMessage) (licence.Person, bool) {
	var members struct {
		IDType   string `json:"id_type"`
		IDNumber string `json:"id_number"`
	}
	if len(raw) == 0 || json.Unmarshal(raw, &members) != nil {
		return licence.Person{}, false
	}
	person, err := identify(members.IDType, members.IDNumber)
	return person, err == nil
}

// nameIn finds the applicant's name: as stated, or as the register has it.
func (s *Service) nameIn(tree map[string]json.RawMessage, evidence map[string]licence.Answer) string {
	var stated struct {
		Name string `json:"name"`
	}
	if raw, ok := tree[applicant]; ok && json.Unmarshal(raw, &stated) == nil && stated.Name != "" {
		return stated.Name
	}
	var name string
	if r := evidence[applicant].Resident; r != nil {
		if err := json.Unmarshal(r.Values["name"], &name); err != nil {
			return ""
		}
	}
	return name
}

func (s *Service) library() *licence.Library { return licence.NewLibrary(s.Store, s.now, s.Entropy) }

// input is everything an evaluation of the draft may know today.
func (s *Service) input(d draft, final bool) plan.Input {
	today := s.today()
	in := plan.Input{Date: today, Answers: d.Answers, Final: final, Provided: provided(d.Files, d.Paper),
		Registers: map[string]plan.Register{}, Licences: map[string]map[string]*plan.Licence{}, People: map[string]plan.Person{},
		Case: plan.CaseFacts{Channel: "window", ReceivedOn: today, Division: s.divisionOf(d.Office)}}
	for key, a := range d.Evidence {
		of := s.licences(a, today)
		if number, ok := strings.CutPrefix(key, inRow); ok {
			in.People[number] = plan.Person{Licences: of}
			continue
		}
		if r, ok := register(key, a); ok {
			in.Registers[key] = r
		}
		in.Licences[key] = of
	}
	return in
}

// licences are those of a person that count today; what the library does not have is known to be absent.
func (s *Service) licences(a licence.Answer, today string) map[string]*plan.Licence {
	of := map[string]*plan.Licence{}
	for _, t := range s.Dictionary.LicenceTypes() {
		of[t.Key] = nil
	}
	for _, r := range a.Licences {
		if _, known := of[r.Type]; !known || !r.ValidOn(today) {
			continue
		}
		if have := of[r.Type]; have != nil && have.IssuedOn >= r.IssuedOn {
			continue // re-issued: the younger one counts
		}
		of[r.Type] = &plan.Licence{Identifier: r.Identifier, Number: r.Number, IssuedOn: r.IssuedOn, ValidTo: r.ValidTo, Face: r.Face}
	}
	return of
}

// divisionOf is where an office is, or nothing for one that is not in the dictionary.
func (s *Service) divisionOf(office string) string {
	if o, ok := s.Dictionary.Office(office); ok {
		return o.Division
	}
	return ""
}

// register is what the resident register says of a party. The applicant's identity is part of it, even for somebody the
// register does not have: everything was looked up under this number, so it is no longer the form's to ask. Other parties
// state who they are.
func register(group string, a licence.Answer) (plan.Register, bool) {
	var r plan.Register
	if a.Resident != nil {
		r = plan.Register{Values: maps.Clone(a.Resident.Values), AsOf: a.Resident.AsOf}
	}
	if group == applicant {
		if r.Values == nil {
			r.Values = map[string]json.RawMessage{}
		}
		r.Values[keyIDType], r.Values[keyIDNumber] = quoted(a.Person.IDType), quoted(a.Person.IDNumber)
	} else {
		delete(r.Values, keyIDType)
		delete(r.Values, keyIDNumber)
	}
	return r, r.Values != nil
}

func provided(files []casefile.File, paper []string) map[string]string {
	out := map[string]string{}
	for _, m := range paper {
		out[m] = "paper"
	}
	for _, f := range files {
		out[f.Material] = "upload"
	}
	return out
}

func (s *Service) draftView(d opened) (DraftView, error) {
	v := DraftView{ID: d.id, Revision: d.revision, Answers: d.Answers, Created: d.Created, Updated: d.updated,
		Expires: d.expires, Files: viewFiles(d.Files), Paper: slices.Clone(d.Paper)}
	if d.kase != nil {
		out, err := d.kase.outcome()
		if err != nil {
			return DraftView{}, err
		}
		v.CaseID, v.Outcome, v.Item = d.id, out, d.kase.state.Item
		v.Files = append(viewFiles(d.kase.state.Files), v.Files...)
		v.Paper = append(slices.Clone(d.kase.state.Paper), v.Paper...)
	} else {
		p, err := s.Items.Current(d.Item, s.today())
		if err != nil {
			return DraftView{}, err
		}
		v.Outcome, v.Item = p.Evaluate(s.input(d.draft, false)), p.Ref()
		if f := s.outOfScope(p.Definition().Scope, d.Office, v.Outcome.Route); f != nil {
			v.Outcome.Ready = false
			v.Outcome.Problems = append(v.Outcome.Problems, plan.Problem{Code: f.Code, Severity: "error", Args: f.Args,
				Text: diag.Diagnostic{Code: f.Code, Args: f.Args, Words: f.Words}.Both()})
		}
	}
	if v.Paper == nil {
		v.Paper = []string{}
	}
	return v, nil
}

func viewFiles(files []casefile.File) []File {
	out := make([]File, len(files))
	for i, f := range files {
		out[i] = File(f)
	}
	return out
}
