package casefile

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/tongban/tongban/engine/dictionary"
	"github.com/tongban/tongban/engine/fault"
	"github.com/tongban/tongban/engine/plan"
	"github.com/tongban/tongban/rules/lang"
)

// The periods an adverse act tells the person of.
var remedies = Remedies{ReviewDays: 60, LitigationMonths: 6}

// Limits of what a command may carry; a longer text belongs into a document of the case.
const (
	MaxText  = 2000 // characters of an opinion, reasons or a notice
	MaxItems = 200  // materials, files, articles named in one command
	minOp    = 8
	maxOp    = 64
)

// Decide says what a command does to a case: the events it causes, or a *fault.Error that says why it may not. A command
// whose Op took effect before causes no events and no error: the answer is the same as the first time.
func Decide(s State, c Command) ([]Event, error) {
	if n := len(c.Op); n < minOp || n > maxOp {
		return nil, fault.New(fault.Invalid, "case.bad-op", "min", minOp, "max", maxOp)
	}
	kind := c.Act.Kind()
	if done, ok := s.ops[c.Op]; ok {
		if done.Act != kind || done.Account != c.By.Account {
			return nil, fault.New(fault.Conflict, "case.op-reused", "act", done.Act)
		}
		return nil, nil
	}
	switch c.Act.(type) {
	case Receive, Lapse, Unanswered:
	default:
		if s.Phase != "" && c.Seen != s.Revision() {
			return nil, fault.New(fault.Conflict, "case.stale", "seen", c.Seen, "revision", s.Revision())
		}
	}
	body, err := decideAny(s, c)
	if err != nil {
		return nil, err
	}
	return []Event{{Seq: s.Seq + 1, At: c.At, Op: c.Op, By: c.By, Body: body}}, nil
}

// decideAny checks that an act is allowed, and makes the event. What is about a procedure depends on which it names.
func decideAny(s State, c Command) (Body, error) {
	if named, ok := c.Act.(interface{ procedure() string }); ok && s.Phase != "" {
		return decideProcedure(s, c, named.procedure())
	}
	if err := may(s, c.By, c.Act.Kind(), c.On); err != nil {
		return nil, err
	}
	return decide(s, c)
}

// Allowed lists the acts somebody may carry out on a case today, in the order of Kinds. What a command must carry (reasons,
// articles, ...) is not looked at.
func Allowed(s State, by Actor, today string) []string {
	var out []string
	for _, kind := range Kinds {
		if may(s, by, kind, today) == nil {
			out = append(out, kind)
		}
	}
	return out
}

// may checks phase, office, role and period for an act, whatever it carries.
func may(s State, by Actor, kind, today string) error {
	if kind == KindReceive {
		switch {
		case s.Phase != "":
			return fault.New(fault.Conflict, "case.exists", "number", s.Number)
		case !by.Clerk || by.Office == "":
			return fault.New(fault.Forbidden, "case.clerk-required")
		}
		return nil
	}
	if s.Phase == "" {
		return fault.New(fault.NotFound, "case.not-found")
	}
	wrongPhase := fault.New(fault.Conflict, "case.wrong-phase", "phase", s.Phase, "act", kind)
	switch kind {
	case KindLapse:
		switch {
		case !s.Lapsed(today):
			return wrongPhase
		case by != Actor{}:
			return fault.New(fault.Forbidden, "case.platform-only")
		}
		return nil

	case KindUnanswered:
		switch {
		case !s.Unanswered(today):
			return wrongPhase
		case by != Actor{}:
			return fault.New(fault.Forbidden, "case.platform-only")
		}
		return nil

	case KindAccept, KindNotAccept, KindRequestSupplement:
		if kind == KindRequestSupplement && s.Notice != nil && !s.Phase.Final() {
			return fault.New(fault.Conflict, "case.supplement-once", "date", s.Notice.At.Format("2006-01-02"))
		}
		if s.Phase != Received && (kind != KindNotAccept || s.Phase != Supplement) {
			return wrongPhase
		}
		if err := officerOf(by, s.Route[0].Office); err != nil {
			return err
		}
		if s.Lapsed(today) {
			return fault.New(fault.Conflict, "case.deemed-accepted", "date", s.ReceivedOn, "deadline", s.NoticeBy)
		}
		if left := s.Outstanding(); kind == KindAccept && len(left) > 0 {
			return fault.New(fault.Conflict, "case.supplement-outstanding", "materials", strings.Join(left, ", "))
		}
		return nil

	case KindSupplement:
		if s.Phase != Supplement && (s.Phase != Received || len(s.Outstanding()) == 0) {
			return wrongPhase
		}
		if s.Unanswered(today) {
			return fault.New(fault.Conflict, "case.notice-lapsed", "date", s.Notice.AnswerBy)
		}
		if by.Office == s.Route[0].Office && by.Officer {
			return nil
		}
		return clerkOf(by, s.ReceivedBy.Office)

	case KindWithdraw:
		if s.Phase.Final() {
			return wrongPhase
		}
		return clerkOf(by, s.ReceivedBy.Office)

	case KindApprove, KindReturn, KindGrant, KindRefuse:
		decides := kind == KindGrant || kind == KindRefuse
		switch {
		case s.Phase != Review,
			decides && !s.deciding(),
			kind == KindApprove && s.deciding(),
			kind == KindReturn && s.Stage == 0:
			return wrongPhase
		}
		if err := officerOf(by, s.Route[s.Stage].Office); err != nil {
			return err
		}
		if p, ok := s.running(); ok {
			return fault.New(fault.Conflict, "case.procedure-running", "procedure", p.Name)
		}
		if p, ok := s.undone(kind == KindGrant); ok && (kind == KindGrant || kind == KindApprove) {
			return fault.New(fault.Conflict, "case.procedure-required", "procedure", p.Name)
		}
		if left := s.OpenGaps(); kind == KindGrant && len(left) > 0 {
			return fault.New(fault.Conflict, "case.gaps-open", "materials", strings.Join(left, ", "))
		}
		return nil

	case KindSupplyTolerated:
		if len(s.OpenGaps()) == 0 {
			return wrongPhase
		}
		if by.Office == s.Office() && by.Officer {
			return nil
		}
		return clerkOf(by, s.ReceivedBy.Office)

	case KindDeliver:
		if !s.AwaitsDelivery() {
			return wrongPhase
		}
		if by.Office == s.Office() && by.Officer {
			return nil
		}
		return clerkOf(by, s.ReceivedBy.Office)
	}
	if slices.Contains(procedureKinds, kind) {
		return anyProcedure(s, by, kind, today)
	}
	return fault.New(fault.Invalid, "case.unknown-act", "act", kind)
}

func officerOf(by Actor, office string) error {
	switch {
	case by.Office != office || office == "":
		return fault.New(fault.Forbidden, "case.wrong-office", "office", office)
	case !by.Officer:
		return fault.New(fault.Forbidden, "case.officer-required")
	}
	return nil
}

func clerkOf(by Actor, office string) error {
	switch {
	case by.Office != office || office == "":
		return fault.New(fault.Forbidden, "case.wrong-office", "office", office)
	case !by.Clerk:
		return fault.New(fault.Forbidden, "case.clerk-required")
	}
	return nil
}

// decide checks what the command carries and makes the event. The caller knows that the act as such is allowed.
func decide(s State, c Command) (Body, error) {
	switch a := c.Act.(type) {
	case Receive:
		if err := checkReceive(a, c.On); err != nil {
			return nil, err
		}
		return WasReceived{Number: a.Number, On: c.On, NoticeBy: a.NoticeBy, Item: a.Item, Applicant: a.Applicant,
			Route: a.Route, Legal: a.Legal, Materials: a.Materials, Files: a.Files, Paper: a.Paper, Input: a.Input,
			Evidence: a.Evidence, Outcome: a.Outcome}, nil

	case Accept:
		text, err := words(a.Text, "")
		if err == nil {
			err = checkGaps(s, a.Gaps)
		}
		return WasAccepted{On: c.On, Recorded: c.On, Gaps: a.Gaps, PromisedDue: a.PromisedDue, StatutoryDue: a.StatutoryDue,
			StageDue: a.StageDue, Promised: a.Promised, Statutory: a.Statutory, Procedures: a.Procedures, Text: text, Outcome: a.Outcome}, err

	case Lapse:
		if err := checkGaps(s, a.Gaps); err != nil {
			return nil, err
		}
		return WasAccepted{Gaps: a.Gaps, On: s.ReceivedOn, Deemed: true, Recorded: c.On, PromisedDue: a.PromisedDue,
			StatutoryDue: a.StatutoryDue, StageDue: a.StageDue, Promised: a.Promised, Statutory: a.Statutory, Procedures: a.Procedures,
			Outcome: a.Outcome}, nil

	case Unanswered:
		return WasUnanswered{On: c.On, AnswerBy: s.Notice.AnswerBy, Lapse: s.Notice.Lapse}, nil

	case NotAccept:
		text, err := words(a.Text, "case.reasons-required")
		if err != nil {
			return nil, err
		}
		if err := articles(s, a.Legal); err != nil {
			return nil, err
		}
		competent, err := words(a.Competent, "")
		if err != nil {
			return nil, err
		}
		// Who was asked to complete the application must have the chance to, unless the matter is another body's.
		if s.Phase == Supplement && competent == "" {
			return nil, fault.New(fault.Conflict, "case.supplement-awaited")
		}
		// Art. 32(5): who handed in everything that was asked for must be accepted, unless the matter is another body's.
		if s.Notice != nil && len(s.Outstanding()) == 0 && competent == "" {
			return nil, fault.New(fault.Conflict, "case.must-accept")
		}
		return WasNotAccepted{On: c.On, Text: text, Legal: a.Legal, Competent: competent, Remedies: remedies}, nil

	case RequestSupplement:
		text, err := words(a.Text, "")
		if err != nil {
			return nil, err
		}
		materials := distinct(a.Materials)
		switch {
		case len(materials) == 0:
			return nil, fault.New(fault.Invalid, "case.materials-required")
		case len(materials) > MaxItems:
			return nil, fault.New(fault.Invalid, "case.too-many-items", "max", MaxItems)
		}
		for _, m := range materials {
			if !slices.Contains(s.Materials, m) {
				return nil, fault.New(fault.Invalid, "case.unknown-material", "material", m)
			}
		}
		return WasAskedToSupplement{On: c.On, Materials: materials, Text: text, AnswerBy: a.AnswerBy, Lapse: a.Lapse}, nil

	case Supply:
		return decideSupply(s, c, a)

	case SupplyTolerated:
		return decideSupplyTolerated(s, c, a)

	case Approve:
		text, err := words(a.Text, "")
		return WasApproved{On: c.On, From: s.Stage, To: nextStage(s.Route, s.Stage), Text: text, StageDue: a.StageDue}, err

	case Return:
		text, err := words(a.Text, "case.reasons-required")
		if err != nil {
			return nil, err
		}
		if a.To < 0 || a.To >= s.Stage {
			return nil, fault.New(fault.Invalid, "case.not-earlier-stage")
		}
		return WasReturned{On: c.On, From: s.Stage, To: a.To, Text: text, StageDue: a.StageDue}, nil

	case Grant:
		text, err := words(a.Text, "")
		return WasGranted{On: c.On, Text: text, DeliverBy: a.DeliverBy, Deliver: a.Deliver}, err

	case Deliver:
		text, err := words(a.Text, "")
		if err != nil {
			return nil, err
		}
		if !slices.Contains(DeliveryWays, a.How) {
			return nil, fault.New(fault.Invalid, "case.bad-delivery")
		}
		receiver, err := words(a.Receiver, "case.receiver-required")
		return WasDelivered{On: c.On, How: a.How, Receiver: receiver, Text: text}, err

	case Refuse:
		text, err := words(a.Text, "case.reasons-required")
		if err != nil {
			return nil, err
		}
		if len(a.Legal) == 0 {
			return nil, fault.New(fault.Invalid, "case.legal-required")
		}
		if err := articles(s, a.Legal); err != nil {
			return nil, err
		}
		late := distinct(a.Unsupplied)
		for _, m := range late {
			if !slices.ContainsFunc(s.Gaps, func(g Gap) bool { return g.Material == m && g.Late(c.On) }) {
				return nil, fault.New(fault.Conflict, "case.gap-not-late", "material", m)
			}
		}
		return WasRefused{On: c.On, Text: text, Legal: distinct(a.Legal), Unsupplied: late, Remedies: remedies}, nil

	case Withdraw:
		text, err := words(a.Text, "")
		return WasWithdrawn{On: c.On, Text: text}, err
	}
	return nil, fault.New(fault.Invalid, "case.unknown-act", "act", c.Act.Kind())
}

func checkReceive(a Receive, on string) error {
	n := len(a.Route)
	switch {
	case n < 2 || a.Route[0].Act != string(dictionary.ActAccept) || a.Route[n-1].Act != string(dictionary.ActDecide),
		slices.ContainsFunc(a.Route, func(st plan.Stage) bool { return st.Office == "" }):
		return fault.New(fault.Invalid, "case.no-route")
	case a.Number == "" || a.NoticeBy < on || a.Applicant.IDNumber == "" || len(a.Input) == 0 || len(a.Outcome) == 0:
		return fault.New(fault.Internal, "case.incomplete-receipt")
	}
	return nil
}

// decideSupply takes what answers the notice, and only that: nothing outside the first notice's list is looked at.
func decideSupply(s State, c Command, a Supply) (Body, error) {
	text, err := handedIn(a.Text, a.Files, a.Paper, s.Notice.Materials, "case.not-asked")
	if err != nil {
		return nil, err
	}
	return WasSupplemented{On: c.On, Files: a.Files, Paper: distinct(a.Paper), Text: text, DecideBy: a.DecideBy}, nil
}

// decideSupplyTolerated takes what was tolerated as missing, and only that: the file of an accepted case is closed otherwise.
// Late is better than never: what comes after its last day is taken, too.
func decideSupplyTolerated(s State, c Command, a SupplyTolerated) (Body, error) {
	text, err := handedIn(a.Text, a.Files, a.Paper, s.OpenGaps(), "case.not-tolerated")
	switch {
	case err != nil:
		return nil, err
	case len(a.Outcome) == 0:
		return nil, fault.New(fault.Internal, "case.incomplete-supply")
	}
	return WasSuppliedTolerated{On: c.On, Files: a.Files, Paper: distinct(a.Paper), Text: text, Outcome: a.Outcome}, nil
}

// handedIn checks what somebody hands in: something, not too much, and nothing but what is awaited. It returns the words that
// go with it.
func handedIn(text string, files []File, paper, awaited []string, otherwise string) (string, error) {
	text, err := words(text, "")
	if err != nil {
		return "", err
	}
	if len(files)+len(paper) > MaxItems {
		return "", fault.New(fault.Invalid, "case.too-many-items", "max", MaxItems)
	}
	given := materialsOf(files, paper)
	if len(given) == 0 {
		return "", fault.New(fault.Invalid, "case.nothing-supplied")
	}
	for _, m := range given {
		if !slices.Contains(awaited, m) {
			return "", fault.New(fault.Invalid, otherwise, "material", m)
		}
	}
	return text, nil
}

// checkGaps makes sure that what an acceptance tolerates can be told apart, supplied and counted.
func checkGaps(s State, gaps []Gap) error {
	seen := map[string]bool{}
	for _, g := range gaps {
		if seen[g.Material] || !slices.Contains(s.Materials, g.Material) || g.Since == "" || g.Due < g.Since {
			return fault.New(fault.Internal, "case.incomplete-gap", "material", g.Material)
		}
		seen[g.Material] = true
	}
	return nil
}

// words trims a text and bounds it; a blank one is refused with the code given, if any.
func words(text, blank string) (string, error) {
	valid := utf8.ValidString(text)
	text = lang.Clean(text)
	switch {
	case text == "" && blank != "":
		return "", fault.New(fault.Invalid, blank)
	case !valid:
		return "", fault.New(fault.Invalid, "case.text-invalid")
	case utf8.RuneCountInString(text) > MaxText:
		return "", fault.New(fault.Invalid, "case.text-too-long", "max", MaxText)
	}
	return text, nil
}

func articles(s State, ids []string) error {
	if len(ids) > MaxItems {
		return fault.New(fault.Invalid, "case.too-many-items", "max", MaxItems)
	}
	for _, id := range ids {
		if !slices.ContainsFunc(s.Legal, func(a Article) bool { return a.ID == id }) {
			return fault.New(fault.Invalid, "case.unknown-legal", "id", id)
		}
	}
	return nil
}

func distinct(list []string) []string {
	var out []string
	for _, v := range list {
		out = appendNew(out, v)
	}
	return out
}
