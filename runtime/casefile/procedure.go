package casefile

import (
	"slices"
	"time"

	"github.com/tongban/tongban/engine/fault"
	"github.com/tongban/tongban/engine/item"
	"github.com/tongban/tongban/engine/plan"
	"github.com/tongban/tongban/rules/calendar"
)

// Procedure is a special procedure of a case (特别程序), as its item had it when the case was accepted, and what came of it.
type Procedure struct {
	plan.Procedure
	Runs []Run // each time it was begun, or the extension made
}

// Run is one time that a procedure was begun.
type Run struct {
	At         time.Time
	On         string // civil date it began
	By         Actor
	Until      string // last day it is expected to take, of which the applicant was told; of a publicity, its last day
	Text       string // why
	Approver   string // of an extension: the head of the office who approved it
	Ended      string // last day it took; empty while it lasts
	Result     string // what was found
	Failed     bool   // a publicity that ended because an objection was right: it has to be made again
	Objections []Objection
	Clock      []Interval // of a publicity: its days; an objection pauses them
}

// Objection is an objection to a publicity.
type Objection struct {
	At       time.Time
	On       string
	By       Actor  // who recorded it
	Objector string // who objects, as they want to be known
	Text     string
	Opened   int    // how often the inquiry that an objection opens had been begun before
	Answered string // civil date; empty while it is open
	Upheld   bool
	Answer   string
}

// kind is the kind of a procedure.
func (p Procedure) kind() item.ProcedureKind { return item.ProcedureKind(p.Kind) }

// Running reports whether the procedure goes on.
func (p Procedure) Running() bool { return len(p.Runs) > 0 && p.Runs[len(p.Runs)-1].Ended == "" }

// Done reports whether the procedure was concluded the last time it was begun.
func (p Procedure) Done() bool {
	n := len(p.Runs)
	return n > 0 && p.Runs[n-1].Ended != "" && !p.Runs[n-1].Failed
}

// Open returns the oldest objection that was not answered yet, or -1. Only a procedure that runs has one.
func (p Procedure) Open() int {
	if !p.Running() {
		return -1
	}
	return slices.IndexFunc(p.Runs[len(p.Runs)-1].Objections, func(o Objection) bool { return o.Answered == "" })
}

// at reports whether a procedure may happen at a stage.
func (p Procedure) at(stage plan.Stage) bool {
	return len(p.Stages) == 0 || slices.Contains(p.Stages, stage.Key)
}

func (s State) procedure(key string) (int, error) {
	i := slices.IndexFunc(s.Procedures, func(p Procedure) bool { return p.Key == key })
	if i < 0 {
		return i, fault.New(fault.Invalid, "case.unknown-procedure", "procedure", key)
	}
	return i, nil
}

// suspending lists what the clock stands still for.
func (s State) suspending() []Run {
	var out []Run
	for _, p := range s.Procedures {
		if p.Suspends && p.Running() {
			out = append(out, p.Runs[len(p.Runs)-1])
		}
	}
	return out
}

// running names a procedure that goes on, if any does.
func (s State) running() (Procedure, bool) {
	for _, p := range s.Procedures {
		if p.Running() {
			return p, true
		}
	}
	return Procedure{}, false
}

// undone names a required procedure that was not concluded although there is no later stage for it: none after the current
// one, or, where the case is to be granted, any at all.
func (s State) undone(granting bool) (Procedure, bool) {
	for _, p := range s.Procedures {
		later := slices.ContainsFunc(s.Route[s.Stage+1:], p.at)
		if p.Need == "required" && !p.Done() && (granting || p.at(s.Route[s.Stage]) && !later) {
			return p, true
		}
	}
	return Procedure{}, false
}

// mayProcedure says whether somebody may do something with one procedure today: begin it, conclude it, extend a limit by it,
// object to it or answer an objection.
func mayProcedure(s State, by Actor, kind string, p Procedure, today string) error {
	if s.Phase != Review {
		return fault.New(fault.Conflict, "case.wrong-phase", "phase", s.Phase, "act", kind)
	}
	if kind != KindObject && !(kind == KindConclude && by == Actor{} && p.kind() == item.Publicity) {
		if err := officerOf(by, s.Route[s.Stage].Office); err != nil {
			return err
		}
	}
	not := func(code string, args ...any) error {
		return fault.New(fault.Conflict, code, append([]any{"procedure", p.Name}, args...)...)
	}
	switch kind {
	case KindBegin:
		switch {
		case p.kind() == item.Extension:
			return not("case.procedure-extends")
		case !p.at(s.Route[s.Stage]):
			return not("case.procedure-elsewhere")
		case p.Running():
			return not("case.procedure-running")
		case p.Need == "on-objection" && !s.objected(p.Key):
			return not("case.no-objection")
		}
	case KindConclude:
		switch {
		case !p.Running():
			return not("case.procedure-not-running")
		case p.Open() >= 0:
			return not("case.objection-open")
		case p.kind() == item.Publicity && today <= p.Runs[len(p.Runs)-1].Until:
			return not("case.publicity-lasts", "until", p.Runs[len(p.Runs)-1].Until)
		}
	case KindExtend:
		return mayExtend(s, p, today, not)
	case KindObject:
		if p.kind() != item.Publicity || !p.Running() {
			return not("case.procedure-not-running")
		}
		if by.Office == s.Route[s.Stage].Office && by.Officer {
			return nil
		}
		return clerkOf(by, s.ReceivedBy.Office)
	case KindAnswer:
		open := p.Open()
		if open < 0 {
			return not("case.no-objection")
		}
		if i, err := s.procedure(p.Objection); err == nil {
			branch := s.Procedures[i]
			if len(branch.Runs) <= p.Runs[len(p.Runs)-1].Objections[open].Opened || branch.Running() {
				return not("case.objection-inquiry", "inquiry", branch.Name)
			}
		}
	}
	return nil
}

// mayExtend: a limit is extended once, before it is over, and while it runs.
func mayExtend(s State, p Procedure, today string, not func(string, ...any) error) error {
	limit := s.Accept.StatutoryDue
	if limit == "" {
		limit = s.Accept.PromisedDue
	}
	switch {
	case p.kind() != item.Extension:
		return not("case.no-extension")
	case !p.at(s.Route[s.Stage]):
		return not("case.procedure-elsewhere")
	case slices.ContainsFunc(s.Procedures, func(o Procedure) bool { return o.kind() == item.Extension && len(o.Runs) > 0 }):
		return not("case.extended-already")
	case s.Suspended():
		return not("case.clock-stands")
	case today > limit:
		return not("case.extension-late", "due", limit)
	}
	return nil
}

// objected reports whether an objection is open that an inquiry has to look into.
func (s State) objected(inquiry string) bool {
	return slices.ContainsFunc(s.Procedures, func(p Procedure) bool { return p.Objection == inquiry && p.Open() >= 0 })
}

// AllowedProcedure lists what somebody may do with one procedure today, in the order of Kinds.
func AllowedProcedure(s State, by Actor, p Procedure, today string) []string {
	var out []string
	for _, kind := range procedureKinds {
		if mayProcedure(s, by, kind, p, today) == nil {
			out = append(out, kind)
		}
	}
	return out
}

// anyProcedure is mayProcedure for a command of which is not known yet which procedure it names. The fault is that of the
// first procedure.
func anyProcedure(s State, by Actor, kind, today string) error {
	var first error
	for _, p := range s.Procedures {
		err := mayProcedure(s, by, kind, p, today)
		if err == nil {
			return nil
		}
		if first == nil {
			first = err
		}
	}
	if first == nil {
		first = fault.New(fault.Conflict, "case.no-procedure", "act", kind)
	}
	return first
}

// decideProcedure checks a command about a procedure, and what it carries, and makes the event.
func decideProcedure(s State, c Command, key string) (Body, error) {
	i, err := s.procedure(key)
	if err != nil {
		return nil, err
	}
	p := s.Procedures[i]
	if err := mayProcedure(s, c.By, c.Act.Kind(), p, c.On); err != nil {
		return nil, err
	}
	if c.Calendar == nil {
		return nil, fault.New(fault.Internal, "case.uncountable")
	}
	switch a := c.Act.(type) {
	case Begin:
		return decideBegin(s, c, p, a)
	case Conclude:
		return decideConclude(s, c, p, a)
	case Extend:
		return decideExtend(s, c, p, a)
	case Object:
		text, err := words(a.Text, "case.reasons-required")
		if err != nil {
			return nil, err
		}
		who, err := words(a.Objector, "case.objector-required")
		return WasObjectedTo{On: c.On, Procedure: p.Key, Objector: who, Text: text, First: c.firstUncounted()}, err
	case Answer:
		return decideAnswer(s, c, p, a)
	}
	return nil, fault.New(fault.Invalid, "case.unknown-act", "act", c.Act.Kind())
}

// firstUncounted is the first day on which a clock that is stopped now does not run: today, unless the offices have closed.
func (c Command) firstUncounted() string {
	if c.Closed {
		return shifted(c.On, 1)
	}
	return c.On
}

// decideBegin: the applicant is told how long it will take (行政许可法 45), and it takes no longer than its item allows.
func decideBegin(s State, c Command, p Procedure, a Begin) (Body, error) {
	blank := ""
	if p.kind() == item.Inquiry {
		blank = "case.reasons-required"
	}
	text, err := words(a.Text, blank)
	if err != nil {
		return nil, err
	}
	e := WasBegun{On: c.On, Procedure: p.Key, Text: text, Until: a.Until}
	longest := ""
	if p.Term != nil {
		longest, err = Count(c.Calendar, []Interval{{Kind: ClockRuns, From: c.On}}, c.On, *p.Term, "")
		// The longest may end in a year whose holidays nobody knows yet; a day that can be counted is earlier.
		if err != nil && (a.Until == "" || fault.CodeOf(err) != "case.calendar-missing") {
			return nil, err
		}
	}
	switch {
	case e.Until == "" || p.kind() == item.Publicity:
		e.Until = longest
	case longest != "" && e.Until > longest:
		return nil, fault.New(fault.Invalid, "case.procedure-too-long", "procedure", p.Name, "until", longest)
	}
	if d, err := calendar.Parse(e.Until); err != nil || d.String() < c.On {
		return nil, fault.New(fault.Invalid, "case.until-required", "procedure", p.Name)
	}
	if p.Suspends {
		e.First = c.firstUncounted()
	}
	if p.kind() == item.Publicity {
		e.Shows = p.Shows
	}
	return counted(s, c, e, func(d Dues) Body { e.Dues = &d; return e }, p.Suspends)
}

func decideConclude(s State, c Command, p Procedure, a Conclude) (Body, error) {
	e := WasConcluded{On: c.On, Procedure: p.Key, Ended: c.On}
	blank := ""
	if p.kind() == item.Inquiry {
		blank = "case.reasons-required"
	} else {
		e.Ended = p.Runs[len(p.Runs)-1].Until // it was over then, whenever somebody looks
	}
	var err error
	if e.Text, err = words(a.Text, blank); err != nil {
		return nil, err
	}
	if p.Suspends && len(s.suspending()) == 1 {
		if e.Last, err = lastUncounted(c.Calendar, e.Ended); err != nil {
			return nil, err
		}
	}
	return counted(s, c, e, func(d Dues) Body { e.Dues = &d; return e }, p.Suspends)
}

func decideExtend(s State, c Command, p Procedure, a Extend) (Body, error) {
	text, err := words(a.Text, "case.reasons-required")
	if err != nil {
		return nil, err
	}
	approver, err := words(a.Approver, "case.approver-required")
	if err != nil {
		return nil, err
	}
	e := WasExtended{On: c.On, Procedure: p.Key, N: p.Term.N, Unit: p.Term.Unit, Text: text, Approver: approver}
	return counted(s, c, e, func(d Dues) Body { e.Dues = &d; return e }, true)
}

// decideAnswer: an objection that is not right lets the publicity run on for the days it had left; one that is ends it.
func decideAnswer(s State, c Command, p Procedure, a Answer) (Body, error) {
	text, err := words(a.Text, "case.reasons-required")
	if err != nil {
		return nil, err
	}
	e := WasAnswered{On: c.On, Procedure: p.Key, Upheld: a.Upheld, Text: text}
	run := p.Runs[len(p.Runs)-1]
	open := 0
	for _, o := range run.Objections {
		if o.Answered == "" {
			open++
		}
	}
	switch {
	case a.Upheld && p.Suspends && len(s.suspending()) == 1:
		if e.Last, err = lastUncounted(c.Calendar, c.On); err != nil {
			return nil, err
		}
	case !a.Upheld && open == 1:
		if e.Until, err = Count(c.Calendar, resume(run.Clock, c.On), run.On, *p.Term, ""); err != nil {
			return nil, err
		}
	}
	return counted(s, c, e, func(d Dues) Body { e.Dues = &d; return e }, p.Suspends)
}

// counted adds to an event that moves the clock the days that follow from it.
func counted(s State, c Command, e Body, with func(Dues) Body, moves bool) (Body, error) {
	if !moves {
		return e, nil
	}
	d, err := Fold(s, Event{Seq: s.Seq + 1, At: c.At, Op: c.Op, By: c.By, Body: e}).dues(c.Calendar)
	if err != nil {
		return nil, err
	}
	return with(d), nil
}

// Unanswered reports whether the time to answer the one-time notice passed with something still missing, where the item says
// what follows from that.
func (s State) Unanswered(today string) bool {
	n := s.Notice
	return n != nil && n.AnswerBy != "" && today > n.AnswerBy && len(s.Outstanding()) > 0 && (s.Phase == Supplement || s.Phase == Received)
}

// AwaitsDelivery reports whether what was granted is still to be handed over.
func (s State) AwaitsDelivery() bool {
	return s.Phase == Granted && s.DeliverBy != "" && s.Delivery == nil
}

// Closed reports whether nothing is left to do.
func (s State) Closed() bool { return s.Phase.Final() && !s.AwaitsDelivery() }

// begin notes that a procedure was begun.
func (s State) begin(e Event, b WasBegun) State {
	s = s.change(b.Procedure, func(p *Procedure) {
		run := Run{At: e.At, On: b.On, By: e.By, Until: b.Until, Text: b.Text}
		if p.kind() == item.Publicity {
			run.Clock = []Interval{{Kind: ClockRuns, From: b.On}}
		}
		p.Runs = append(p.Runs, run)
	})
	if b.First != "" {
		s.Clock = pause(s.Clock, b.First, b.Procedure)
	}
	return s.recount(b.Dues)
}

// conclude ends the run of a procedure.
func (s State) conclude(key, ended, result string, failed bool, last string, d *Dues) State {
	s = s.change(key, func(p *Procedure) {
		run := &p.Runs[len(p.Runs)-1]
		run.Ended, run.Result, run.Failed = ended, result, failed
		if n := len(run.Clock); n > 0 {
			run.Clock = slices.Clone(run.Clock)
			run.Clock[n-1].To = max(ended, run.Clock[n-1].From)
		}
	})
	if last != "" {
		s.Clock = resume(s.Clock, last)
	}
	return s.recount(d)
}

// object notes an objection, which pauses the publicity.
func (s State) object(e Event, b WasObjectedTo) State {
	opened := 0
	return s.change(b.Procedure, func(p *Procedure) {
		if i, err := s.procedure(p.Objection); err == nil {
			opened = len(s.Procedures[i].Runs)
		}
		run := &p.Runs[len(p.Runs)-1]
		run.Objections = append(slices.Clone(run.Objections), Objection{At: e.At, On: b.On, By: e.By, Objector: b.Objector, Text: b.Text, Opened: opened})
		run.Clock = pause(run.Clock, b.First, b.Procedure)
	})
}

// answer notes the answer to the oldest open objection.
func (s State) answer(e Event, b WasAnswered) State {
	s = s.change(b.Procedure, func(p *Procedure) {
		i := p.Open()
		run := &p.Runs[len(p.Runs)-1]
		run.Objections = slices.Clone(run.Objections)
		o := &run.Objections[i]
		o.Answered, o.Upheld, o.Answer = b.On, b.Upheld, b.Text
		if b.Until != "" {
			run.Clock, run.Until = resume(run.Clock, b.On), b.Until
		}
	})
	if b.Upheld {
		return s.conclude(b.Procedure, b.On, "", true, b.Last, b.Dues)
	}
	return s.recount(b.Dues)
}

// change alters a procedure, sharing nothing with the state before.
func (s State) change(key string, with func(*Procedure)) State {
	s.Procedures = slices.Clone(s.Procedures)
	i := slices.IndexFunc(s.Procedures, func(p Procedure) bool { return p.Key == key })
	s.Procedures[i].Runs = slices.Clone(s.Procedures[i].Runs)
	with(&s.Procedures[i])
	return s
}

// recount takes over the last days that an event led to.
func (s State) recount(d *Dues) State {
	if d == nil {
		return s
	}
	a := *s.Accept
	a.PromisedDue, a.StatutoryDue, s.StageDue = d.PromisedDue, d.StatutoryDue, d.StageDue
	s.Accept = &a
	return s
}
