package plan

import (
	"regexp"
	"slices"
	"strings"

	"github.com/tongban/tongban/engine/dictionary"
	"github.com/tongban/tongban/engine/item"
	"github.com/tongban/tongban/rules/diag"
)

// lint holds the parts of an item to each other: what the law and the service standards ask of an implementation list
// (实施清单), as far as a machine can see it.
func (c *compiler) lint() {
	c.lintLimit()
	c.lintAccess()
	c.lintMaterials()
	c.lintFees()
	c.lintResults()
	c.lintRoute()
	c.lintProcedures()
	c.lintUse()
	c.lintEnglish()
	if _, ok := c.dict.Department(c.plan.def.Authority); !ok {
		c.report("plan.unknown-department", "/authority", "name", c.plan.def.Authority)
	}
	if e := c.plan.def.Effective; e.To != "" && e.To < e.From {
		c.report("plan.period-reversed", "/effective/to", "from", e.From, "to", e.To)
	}
	if len(c.plan.def.Examples) == 0 {
		c.warn("plan.no-examples", "/examples")
	}
}

// lintAccess: visits need a reason; no visit needs a channel that works without one.
func (c *compiler) lintAccess() {
	d := c.plan.def
	if d.Visits > 0 && d.VisitReason.IsZero() {
		c.report("plan.visit-without-reason", "/onSiteVisits", "n", d.Visits)
	}
	remote := slices.ContainsFunc(d.Channels, func(ch item.Channel) bool { return ch != item.ChannelWindow })
	if d.Visits == 0 && !remote {
		c.report("plan.no-visit-no-channel", "/channels")
	}
}

// catchAll is wording that asks for whatever an office may think of (国发〔2022〕5号 forbids it).
var catchAll = regexp.MustCompile(`其他(相关|有关|所需|必要)?(的)?(材料|资料|证明|文件)|要求的其他|(材料|资料|证明)等$`)

// lintMaterials: every demand rests on an article; none asks for "anything else"; the community issues no banned proof.
func (c *compiler) lintMaterials() {
	groups := map[string]int{}
	for _, m := range c.plan.materials {
		if len(m.of.Legal) == 0 && len(m.doc.Legal) == 0 {
			c.report("plan.material-without-basis", m.pointer, "name", m.doc.Name)
		}
		if catchAll.MatchString(m.doc.Name.Zh) || catchAll.MatchString(m.of.Note.Zh) {
			c.report("plan.catch-all-material", m.pointer, "name", m.doc.Name)
		}
		if banned, ok := bannedProof(m.doc); ok {
			c.report("plan.banned-proof", m.pointer, "name", m.doc.Name, "banned", banned)
		}
		if m.of.Optional && m.of.Tolerate != nil {
			c.warn("plan.optional-and-tolerated", m.pointer+"/tolerate")
		}
		if m.of.Group != "" {
			groups[m.of.Group]++
		}
	}
	for _, m := range c.plan.materials {
		if m.of.Group != "" && groups[m.of.Group] == 1 {
			c.warn("plan.group-of-one", m.pointer+"/group", "name", m.of.Group)
		}
	}
}

// bannedProofs are proofs that a residents' committee must not be asked for (民发〔2020〕20号, the kinds most often met).
var bannedProofs = []string{
	"亲属关系证明", "居民身份信息证明", "户口登记项目内容变更申请证明", "婚姻状况证明", "居民死亡证明", "健在证明", "居住证明", "无犯罪记录证明", "收入证明", "经济状况证明",
}

func bannedProof(m *dictionary.Material) (string, bool) {
	if !strings.Contains(m.Issuer.Zh, "社区") && !strings.Contains(m.Issuer.Zh, "居委会") && !strings.Contains(m.Issuer.Zh, "居民委员会") && !strings.Contains(m.Issuer.Zh, "村") {
		return "", false
	}
	for _, b := range bannedProofs {
		if strings.Contains(m.Name.Zh, b) {
			return b, true
		}
	}
	return "", false
}

// lintFees: no charge without a basis in law (行政许可法 58, 59 for permits).
func (c *compiler) lintFees() {
	for _, f := range c.plan.fees {
		if len(f.of.Legal) == 0 {
			c.report("plan.fee-without-basis", f.pointer, "name", f.of.Label)
		}
	}
}

// lintResults: a licence result names its licence type, and only that does.
func (c *compiler) lintResults() {
	for i, r := range c.plan.def.Results {
		at := diag.Pointer("/results", i)
		if r.Kind == item.ResultLicence && r.Type == "" {
			c.report("plan.licence-without-type", at)
		}
		if _, ok := c.dict.LicenceType(r.Type); r.Type != "" && !ok {
			c.report("plan.unknown-licence", at+"/licence", "name", r.Type)
		}
		if (r.Kind == item.ResultEntitlement || r.Kind == item.ResultPayment) && r.Value == "" {
			c.warn("plan.result-without-amount", at)
		}
	}
}

// desks counts the offices a route visits: stages of one level and department are one office's.
func desks(r *dictionary.RouteTemplate) int {
	type desk struct {
		level      dictionary.Level
		department string
	}
	seen := map[desk]bool{}
	for _, s := range r.Stages {
		seen[desk{s.Level, s.Department}] = true
	}
	return len(seen)
}

// lintRoute: an item decided on the spot does not travel: one office accepts and decides it. Stage limits fit into the promise.
func (c *compiler) lintRoute() {
	d := c.plan.def
	for _, r := range c.plan.route.choices {
		at := r.pointer + "/template"
		if n := desks(r.template); d.CaseType == item.CaseInstant && n > 1 {
			c.report("plan.instant-with-route", at, "offices", n)
		}
		sum := 0
		for _, s := range r.template.Stages {
			sum += s.Days
			if s.Department != authority && s.Department != "" {
				if _, ok := c.dict.Department(s.Department); !ok {
					c.report("plan.unknown-department", at, "name", s.Department)
				}
			}
		}
		if d.Limit.Promised.Unit == item.Workday && d.CaseType == item.CasePromise && sum > d.Limit.Promised.N {
			c.report("plan.stages-longer-than-promise", at, "sum", sum, "promised", d.Limit.Promised.N)
		}
	}
}

// lintUse: a question nobody needs must not be asked; a conclusion nobody uses is probably a slip.
func (c *compiler) lintUse() {
	p := c.plan
	if c.cond == nil {
		return // no rule was compiled, so nothing can be said about what rules use
	}
	for _, d := range p.derived {
		if d.of.Hidden && !c.used[d.slot] {
			c.warn("plan.unused-conclusion", d.pointer, "name", "result."+d.key)
		}
	}
	if !c.found.HasErrors() { // a rule that is wrong may have read anything
		c.lintUnread()
		c.lintOrder()
		c.lintGuards()
	}
	c.lintParameters()
	cited := map[string]bool{}
	for _, ids := range p.citations() {
		for _, id := range ids {
			cited[id] = true
		}
	}
	for i, l := range p.def.Legal {
		if !cited[l.ID] {
			c.warn("plan.unused-legal", diag.Pointer("/legal", i), "name", l.ID)
		}
	}
}

// citations returns every list of article ids in the item.
func (p *Plan) citations() [][]string {
	var out [][]string
	for _, v := range p.def.Conditions {
		out = append(out, v.Legal)
	}
	for _, v := range p.def.Materials {
		out = append(out, v.Legal)
	}
	for _, v := range p.def.Derive {
		out = append(out, v.Legal)
		if v.Table != nil {
			for _, rows := range v.Table.AllRows() {
				for _, ids := range rows.Legal {
					out = append(out, ids)
				}
			}
		}
	}
	for _, v := range p.def.Fees {
		out = append(out, v.Legal)
	}
	for _, t := range p.terms() {
		out = append(out, t.of.Legal)
	}
	for _, v := range p.def.Procedures {
		out = append(out, v.Legal)
	}
	return out
}

// lintEnglish: both languages are complete before an item is published.
func (c *compiler) lintEnglish() {
	d := c.plan.def
	missing := func(en, at string) {
		if en == "" {
			c.warn("plan.no-english", at)
		}
	}
	missing(d.Name.En, "/name")
	for i, f := range d.Fields {
		if f.Element == "" {
			missing(f.Label.En, diag.Pointer("/fields", i, "label"))
		}
	}
	for i, v := range d.Conditions {
		missing(v.Otherwise.En, diag.Pointer("/conditions", i, "otherwise"))
	}
	for i, v := range d.Derive {
		missing(v.Label.En, diag.Pointer("/derive", i, "label"))
	}
	for i, v := range d.Fees {
		missing(v.Label.En, diag.Pointer("/fees", i, "label"))
	}
	for i, v := range d.Procedures {
		missing(v.Name.En, diag.Pointer("/procedures", i, "name"))
	}
	for i, v := range d.Results {
		missing(v.Name.En, diag.Pointer("/results", i, "name"))
	}
}
