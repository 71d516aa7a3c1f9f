package casework

import (
	"context"
	"encoding/json"

	"github.com/tongban/tongban/engine/fault"
	"github.com/tongban/tongban/engine/plan"
	"github.com/tongban/tongban/rules/calendar"
	"github.com/tongban/tongban/rules/lang"
)

// Limits of what is sent in and of pages.
const (
	maxAnswers  = 256 << 10 // bytes of answers
	maxProvided = 200
	maxQuery    = 100 // characters of a search
	pageDefault = 20
	pageMax     = 100
)

// SearchItems finds items in force today by name, everyday name, alias, pinyin, initials or code, best match first; all of
// them for a blank text. Anyone may search. The cursor is the code of the last item of the page before.
func (s *Service) SearchItems(_ context.Context, _ Actor, text, after string, limit int) (ItemPage, error) {
	if len([]rune(text)) > maxQuery {
		return ItemPage{}, fault.New(fault.Invalid, "case.query-too-long", "max", maxQuery)
	}
	limit = pageSize(limit)
	page := ItemPage{Items: []ItemSummary{}}
	found := s.Items.Search(text, s.today())
	if after != "" {
		for len(found) > 0 {
			code := found[0].Plan.Ref().Code
			found = found[1:]
			if code == after {
				break
			}
		}
	}
	for i, m := range found {
		if i == limit {
			page.Next = page.Items[i-1].Code
			break
		}
		page.Items = append(page.Items, s.summary(m.Plan, m.Matched))
	}
	return page, nil
}

func pageSize(limit int) int {
	if limit <= 0 {
		return pageDefault
	}
	return min(limit, pageMax)
}

func (s *Service) summary(p Evaluator, matched string) ItemSummary {
	d, ref := p.Definition(), p.Ref()
	return ItemSummary{Code: ref.Code, Version: ref.Version, Name: d.Name, PlainName: d.PlainName, Summary: d.Summary,
		Authority: s.departmentName(d.Authority), CaseType: string(d.CaseType), Matched: matched}
}

func (s *Service) departmentName(key string) lang.Text {
	if d, ok := s.Dictionary.Department(key); ok {
		return d.Name
	}
	return lang.Text{}
}

// Guide returns the published view of an item: what an empty form says. Anyone may read it.
func (s *Service) Guide(_ context.Context, _ Actor, code string) (Guide, error) {
	p, err := s.Items.Current(code, s.today())
	if err != nil {
		return Guide{}, err
	}
	d := p.Definition()
	g := Guide{ItemSummary: s.summary(p, ""), Scope: string(d.Scope), Channels: []string{}, Visits: d.Visits,
		Legal: []plan.LegalRef{}, Outcome: p.Evaluate(plan.Input{Date: s.today()})}
	for _, c := range d.Channels {
		g.Channels = append(g.Channels, string(c))
	}
	for _, l := range d.Legal {
		g.Legal = append(g.Legal, plan.LegalRef{Title: l.Title, DocumentNo: l.DocumentNo, Article: l.Article})
	}
	return g, nil
}

// Evaluate is the pre-check for anybody: it looks at nothing but what the person states, and keeps nothing.
func (s *Service) Evaluate(_ context.Context, _ Actor, code string, req EvaluateRequest) (plan.Outcome, error) {
	date := req.Date
	if date == "" {
		date = s.today()
	}
	if _, err := calendar.Parse(date); err != nil {
		return plan.Outcome{}, fault.Wrap(err, fault.Invalid, "case.bad-date", "date", date)
	}
	if len(req.Provided) > maxProvided {
		return plan.Outcome{}, fault.New(fault.Invalid, "case.too-many-items", "max", maxProvided)
	}
	for _, how := range req.Provided {
		if how != "upload" && how != "paper" {
			return plan.Outcome{}, fault.New(fault.Invalid, "case.bad-provided")
		}
	}
	if _, err := answerTree(req.Answers); err != nil {
		return plan.Outcome{}, err
	}
	p, err := s.Items.Current(code, date)
	if err != nil {
		return plan.Outcome{}, err
	}
	return p.Evaluate(plan.Input{Date: date, Answers: req.Answers, Provided: req.Provided, Final: req.Final}), nil
}

// answerTree reads answers one level deep: an object by group. Empty input is an empty tree.
func answerTree(raw json.RawMessage) (map[string]json.RawMessage, error) {
	tree := map[string]json.RawMessage{}
	switch {
	case len(raw) > maxAnswers:
		return nil, fault.New(fault.TooMany, "case.answers-too-large", "max", maxAnswers>>10)
	case len(raw) == 0:
		return tree, nil
	}
	if err := json.Unmarshal(raw, &tree); err != nil || tree == nil {
		return nil, fault.Wrap(err, fault.Invalid, "case.answers-invalid")
	}
	return tree, nil
}
