package casework

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"fmt"

	"github.com/tongban/tongban/engine/fault"
	"github.com/tongban/tongban/engine/plan"
	"github.com/tongban/tongban/rules/ident"
	"github.com/tongban/tongban/rules/lang"
	"github.com/tongban/tongban/runtime/casefile"
	"github.com/tongban/tongban/runtime/licence"
)

// Progress tells a resident how their case stands. It takes the case number and the applicant's id number; a wrong one of
// either is the same fault, so that nobody learns whether a case exists or whose it is.
func (s *Service) Progress(ctx context.Context, number, idNumber string) (Progress, error) {
	number, err := parseNumber(number)
	if err != nil {
		return Progress{}, err
	}
	env, err := s.Store.CaseByNumber(ctx, number)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return Progress{}, err
	}
	var t title
	if len(env.Title) > 0 {
		if err := json.Unmarshal(env.Title, &t); err != nil {
			return Progress{}, damaged(err, env.ID)
		}
	}
	stated := licence.Person{IDType: t.IDType, IDNumber: ident.Normalize(idNumber)}.Subject()
	if subtle.ConstantTimeCompare([]byte(stated), []byte(env.Subject)) != 1 {
		return Progress{}, fault.New(fault.NotFound, "case.progress-not-found")
	}
	c, err := s.loadCase(ctx, env.ID)
	if err != nil {
		return Progress{}, err
	}
	out, err := c.outcome()
	if err != nil {
		return Progress{}, err
	}
	st := c.state
	p := Progress{Number: st.Number, Item: st.Item.Name, Applicant: ident.MaskName(st.Applicant.Name), Phase: string(st.Phase),
		Stages: publicRoute(st), History: history(c, out, false), Supplement: supplement(st, out), Gaps: s.gaps(st, out), Decision: s.decision(st, out),
		Procedures: s.procedures(st, nil), Documents: s.documents(c, false), Delivery: delivery(st), Paused: paused(st), Contact: s.contact(contactOffice(st))}
	if p.Delivery != nil {
		p.Delivery.Receiver, p.Delivery.Text = "", ""
	}
	if st.Notice != nil && st.Phase == casefile.Supplement {
		p.AnswerBy = st.Notice.AnswerBy
	}
	if st.Phase == casefile.Review {
		p.Due = st.Accept.PromisedDue
	}
	for i, h := range p.History {
		p.History[i].Office = s.officeName(h.Office)
	}
	if p.Decision != nil {
		p.Decision.By, p.Decision.Office = "", s.officeName(p.Decision.Office)
	}
	return p, nil
}

func publicRoute(st casefile.State) []RouteStage {
	out := route(st)
	for i := range out {
		out[i].Officer = ""
	}
	return out
}

// contactOffice is whom a resident asks: the office whose turn it is, then the one that ended the case.
func contactOffice(st casefile.State) string {
	switch {
	case st.Office() != "":
		return st.Office()
	case st.Ending != nil && st.Ending.By.Office != "":
		return st.Ending.By.Office
	}
	return st.ReceivedBy.Office
}

func (s *Service) contact(key string) Contact {
	o, ok := s.Dictionary.Office(key)
	if !ok {
		return Contact{Office: key}
	}
	return Contact{Office: o.Name, Phone: o.Phone, Address: o.Address}
}

func (s *Service) officeName(key string) string {
	if o, ok := s.Dictionary.Office(key); ok {
		return o.Name
	}
	return key
}

// Receipt returns the proof of receipt to print, to the receiving office, and leaves an entry in the access log.
func (s *Service) Receipt(ctx context.Context, by Actor, id string) (Receipt, error) {
	c, err := s.visible(ctx, by, id)
	if err != nil {
		return Receipt{}, err
	}
	st := c.state
	if st.ReceivedBy.Office != by.Office {
		return Receipt{}, errNoCase
	}
	if err := s.logAccess(ctx, by, id, c.purpose(), c.person(), "receipt"); err != nil {
		return Receipt{}, err
	}
	out, err := c.outcome()
	if err != nil {
		return Receipt{}, err
	}
	r := Receipt{Number: st.Number, Item: st.Item.Name, ItemCode: st.Item.Code, Applicant: st.Applicant.Name,
		IDNumber: ident.MaskID(st.Applicant.IDNumber), Received: st.ReceivedAt, Office: s.officeName(st.ReceivedBy.Office),
		Clerk: st.ReceivedBy.Name, NoticeBy: st.NoticeBy, Promised: out.Limit.Promised, Stages: publicRoute(st),
		Contact: s.contact(firstOffice(st)), Materials: s.receiptLines(st, out), Derived: []plan.Derived{}, Fees: out.Fees}
	for _, d := range out.Derived {
		if !d.Hidden && d.State == "known" {
			r.Derived = append(r.Derived, d)
		}
	}
	return r, nil
}

// firstOffice is the office that decides whether the case is accepted.
func firstOffice(st casefile.State) string { return st.Route[0].Office }

func (s *Service) receiptLines(st casefile.State, out plan.Outcome) []ReceiptLine {
	lines := []ReceiptLine{}
	for _, m := range out.Materials {
		if m.Need != "required" && m.Need != "optional" {
			continue
		}
		line := ReceiptLine{Name: materialName(m), How: "not-given"}
		switch {
		case m.Satisfied != nil && m.Satisfied.By == "group":
			continue // another document of the group was handed in
		case m.Satisfied != nil:
			line.How, line.Reference = m.Satisfied.By, m.Satisfied.Number
			if _, err := ident.ParseID(line.Reference); err == nil {
				line.Reference = ident.MaskID(line.Reference) // some licences are numbered by their holder
			}
			if line.How == "paper" {
				line.Copies = m.Copies
			}
		case m.Tolerate > 0 && m.Need == "required":
			line.How, line.Note = "tolerated", s.followWords(st, m)
		case m.Need == "optional":
			continue
		}
		lines = append(lines, line)
	}
	return lines
}

// remedies words what an adverse act must tell the person: until when, and to whom where the dictionary says it.
func (s *Service) remedies(r casefile.Remedies, office string) lang.Text {
	review, court := s.Dictionary.Remedies(office)
	to, in := "", "the people's court"
	if review != "" {
		to, review = " to "+review, "向"+review
	}
	if court != "" {
		in = court
	} else {
		court = "人民法院"
	}
	return lang.Text{
		Zh: fmt.Sprintf("如不服本决定，可以自知道本决定之日起%d日内依法%s申请行政复议，也可以自知道之日起%d个月内依法向%s提起行政诉讼。", r.ReviewDays, review, r.LitigationMonths, court),
		En: fmt.Sprintf("If you disagree, you may apply%s for administrative review within %d days of learning of this decision, or bring an action in %s within %d months of learning of it.", to, r.ReviewDays, in, r.LitigationMonths),
	}
}
