package casework

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/tongban/tongban/engine/item"
	"github.com/tongban/tongban/engine/plan"
	"github.com/tongban/tongban/rules/ident"
	"github.com/tongban/tongban/rules/lang"
	"github.com/tongban/tongban/runtime/casefile"
	"github.com/tongban/tongban/runtime/letter"
)

// document writes the document that an event has to produce, numbered in its office and year; nil where the law wants none.
// What is written is kept with the event, so that a later release cannot reword what was issued.
func (s *Service) document(ctx context.Context, c loaded, e casefile.Event) (*casefile.Document, error) {
	out, err := c.outcome()
	if err != nil {
		return nil, err
	}
	next := casefile.Fold(c.state, e)
	kind, on, facts := s.letterFacts(next, e, out)
	if kind == "" {
		return nil, nil
	}
	office := e.By.Office
	if office == "" { // the platform speaks for the office whose turn it was
		office = c.state.Route[c.state.Stage].Office
	}
	facts["item"], facts["case"], facts["on"] = next.Item.Name, plain(next.Number), dateWords(on)
	l, err := letter.Write(kind, facts)
	if err != nil {
		return nil, err
	}
	n, err := s.Store.Next(ctx, "document:"+office+":"+on[:4])
	if err != nil {
		return nil, err
	}
	d := &casefile.Document{Kind: kind, Number: fmt.Sprintf("%s〔%s〕%d号", s.officeName(office), on[:4], n), On: on, Office: office,
		Title: l.Title, Text: l.Text, Open: l.Open}
	if b, ok := e.Body.(casefile.WasBegun); ok {
		d.Shows = b.Shows
	}
	return d, nil
}

// letterFacts names the document an event produces, its day, and what it says beside the item and the case.
func (s *Service) letterFacts(st casefile.State, e casefile.Event, out plan.Outcome) (kind, on string, f map[string]lang.Text) {
	f = map[string]lang.Text{}
	dues := func() {
		if st.Accept != nil {
			f["promised"], f["statutory"] = dateWords(st.Accept.PromisedDue), dateWords(st.Accept.StatutoryDue)
		}
	}
	switch b := e.Body.(type) {
	case casefile.WasAccepted:
		kind, on = "acceptance", b.Recorded
		if b.Deemed {
			kind = "deemed-acceptance"
		}
		f["accepted"], f["gaps"] = dateWords(b.On), gapList(b.Gaps, out)
		dues()
	case casefile.WasNotAccepted:
		kind, on = "not-accepted", b.On
		f["reason"], f["legal"], f["competent"], f["remedies"] = plain(b.Text), s.cited(st, b.Legal), plain(b.Competent), s.remedies(b.Remedies, e.By.Office)
	case casefile.WasAskedToSupplement:
		kind, on = "supplement", b.On
		f["materials"], f["reason"], f["answerBy"], f["lapse"] = names(b.Materials, out), plain(b.Text), dateWords(b.AnswerBy), lapseWords[b.Lapse]
	case casefile.WasUnanswered:
		kind, on = "deemed-withdrawn", b.On
		if b.Lapse == item.LapseReturned {
			kind = "returned"
		}
		f["answerBy"], f["materials"] = dateWords(b.AnswerBy), names(st.Outstanding(), out)
	case casefile.WasBegun:
		p := procedureOf(st, b.Procedure)
		kind, on = "inquiry", b.On
		switch {
		case p.Kind == string(item.Publicity):
			kind = "publicity"
		case b.First != "":
			kind = "suspension"
		}
		f["procedure"], f["basis"], f["reason"], f["first"], f["until"] = p.Name, articles(p.Legal), plain(b.Text), dateWords(b.First), dateWords(b.Until)
		f["contact"] = s.contactWords(e.By.Office)
		dues()
	case casefile.WasExtended:
		p := procedureOf(st, b.Procedure)
		kind, on = "extension", b.On
		f["n"], f["basis"], f["reason"], f["approver"] = termWords(plan.Term{N: b.N, Unit: b.Unit}), articles(p.Legal), plain(b.Text), plain(b.Approver)
		dues()
	case casefile.WasAnswered:
		kind, on = "objection-answer", b.On
		f["procedure"], f["reason"], f["until"], f["finding"] = procedureOf(st, b.Procedure).Name, plain(b.Text), dateWords(b.Until), findings[b.Upheld]
	case casefile.WasGranted:
		kind, on = "granted", b.On
		f["reason"], f["deliverBy"], f["deliver"] = plain(b.Text), dateWords(b.DeliverBy), b.Deliver
	case casefile.WasRefused:
		kind, on = "refused", b.On
		f["reason"], f["legal"], f["unsupplied"], f["remedies"] = plain(b.Text), s.cited(st, b.Legal), names(b.Unsupplied, out), s.remedies(b.Remedies, e.By.Office)
	case casefile.WasDelivered:
		kind, on = documentDelivered, b.On
		f["deliver"], f["how"], f["receiver"], f["reason"] = st.Deliver, deliveryWays[b.How], plain(b.Receiver), plain(b.Text)
	}
	return kind, on, f
}

var findings = map[bool]lang.Text{true: {Zh: "异议成立", En: "it is right"}, false: {Zh: "异议不成立", En: "it is not right"}}

var lapseWords = map[item.Lapse]lang.Text{
	item.LapseWithdrawn: {Zh: "逾期不补正的，视为撤回申请", En: "otherwise the application counts as withdrawn"},
	item.LapseReturned:  {Zh: "逾期不补正的，申请材料退回", En: "otherwise the application is returned"},
}

// plain is what somebody wrote, which no one translates.
func plain(text string) lang.Text { return lang.Text{Zh: text, En: text} }

func procedureOf(st casefile.State, key string) casefile.Procedure {
	for _, p := range st.Procedures {
		if p.Key == key {
			return p
		}
	}
	return casefile.Procedure{}
}

// articles cites articles as a document does.
func articles(refs []plan.LegalRef) lang.Text {
	var out []string
	for _, r := range refs {
		text := "《" + r.Title + "》"
		if r.DocumentNo != "" {
			text += "（" + r.DocumentNo + "）"
		}
		out = append(out, text+r.Article)
	}
	return plain(strings.Join(out, "、"))
}

// cited cites articles of a case by their ids.
func (s *Service) cited(st casefile.State, ids []string) lang.Text {
	var refs []plan.LegalRef
	for _, a := range st.Legal {
		if slices.Contains(ids, a.ID) {
			refs = append(refs, legalRef(a))
		}
	}
	return articles(refs)
}

func (s *Service) contactWords(office string) lang.Text {
	o := s.contact(office)
	return plain(strings.Join(slices.DeleteFunc([]string{o.Office, o.Phone, o.Address}, func(t string) bool { return t == "" }), " "))
}

// gapList lists what may follow after acceptance, each with its last day.
func gapList(gaps []casefile.Gap, out plan.Outcome) lang.Text {
	var list lang.Text
	for _, g := range gaps {
		name, due := nameOf(g.Material, out), dateWords(g.Due)
		list = joined(list, lang.Text{Zh: name.Zh + "（" + due.Zh + "前）", En: name.In(lang.En) + " (by " + due.En + ")"})
	}
	return list
}

// termWords writes a length of time as people do.
func termWords(t plan.Term) lang.Text {
	zh := map[string]string{"workday": "个工作日", "day": "日", "month": "个月"}[t.Unit]
	en := map[string]string{"workday": "working day", "day": "day", "month": "month"}[t.Unit]
	if t.N != 1 {
		en += "s"
	}
	return lang.Text{Zh: fmt.Sprint(t.N) + zh, En: fmt.Sprint(t.N) + " " + en}
}

// documentDelivered is the record of delivery, which stays in the file: it says who came.
const documentDelivered = "delivered"

// documents lists the documents of a case in the order they were issued; for the public the name they are addressed to is
// masked.
func (s *Service) documents(c loaded, staff bool) []DocumentView {
	out := []DocumentView{}
	for _, e := range c.events {
		d := e.Document
		if d == nil || !staff && d.Kind == documentDelivered {
			continue
		}
		v := DocumentView{Seq: e.Seq, Kind: d.Kind, Number: d.Number, On: d.On, Office: s.officeName(d.Office), Title: d.Title, Text: d.Text, Shows: d.Shows}
		if !d.Open {
			if v.To = c.state.Applicant.Name; !staff {
				v.To = ident.MaskName(v.To)
			}
		}
		out = append(out, v)
	}
	return out
}

var lapseNotes = map[item.Lapse]lang.Text{
	item.LapseWithdrawn: {Zh: "逾期未补正，视为撤回申请", En: "The notice was not answered in time; the application counts as withdrawn"},
	item.LapseReturned:  {Zh: "逾期未补正，退件", En: "The notice was not answered in time; the application was returned"},
}
