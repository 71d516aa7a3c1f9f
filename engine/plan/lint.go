package plan

import (
	"regexp"
	"slices"
	"strings"

	"github.com/tongban/tongban/engine/dictionary"
	"github.com/tongban/tongban/engine/item"
	"github.com/tongban/tongban/rules/diag"
	"github.com/tongban/tongban/rules/lang"
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
	c.lintPower()
	c.lintLegal()
	c.lintAmounts()
	c.lintUse()
	c.lintEnglish()
	if e := c.plan.def.Effective; e.To != "" && e.To < e.From {
		c.report("plan.period-reversed", "/effective/to", "from", e.From, "to", e.To)
	}
	if len(c.plan.def.Examples) == 0 {
		c.warn("plan.no-examples", "/examples")
	}
}

// catchAll is wording that asks for whatever an office may think of (国发〔2022〕5号 forbids it).
var catchAll = regexp.MustCompile(`(其他|其它|另外)(相关|有关|所需|必要|必需|需要|应当|要求|规定|提供|提交|补充|的)*(申请)?(材料|资料|证明|文件|证件|手续|凭证)` +
	`|要求的其他|(材料|资料|证明|文件|证件)等$|等(相关|有关|的)*(材料|资料|证明|文件|证件)$` +
	`|(主管|有关|相关|受理|审批)(部门|机关|机构|单位)(认为|要求|规定|需要)|(视|根据|按)(实际)?(情况|需要|要求)(另行|再)?(提供|提交|补充)|包括但不限于` +
	`|(?i:\b(any |all )?other (relevant |related |necessary |required |supporting )*(documents?|materials?|papers?|evidence|proofs?)\b|as (the office|the authority) (may )?requires?)`)

// lintMaterials: every demand rests on an article; none asks for "anything else"; the community issues no banned proof.
func (c *compiler) lintMaterials() {
	groups := map[string]int{}
	for _, m := range c.plan.materials {
		if len(m.of.Legal) == 0 && len(m.doc.Legal) == 0 {
			c.report("plan.material-without-basis", m.pointer, "name", m.doc.Name)
		}
		if slices.ContainsFunc([]lang.Text{m.doc.Name, m.of.Note}, func(t lang.Text) bool { return catchAll.MatchString(t.Zh) || catchAll.MatchString(t.En) }) {
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

// bannedProofs are what a residents' or villagers' committee must not be asked to attest: the first list of 民发〔2020〕20号, of
// twenty kinds, each by the words that make it up, and the two that local lists add most often.
var bannedProofs = []struct {
	name  string
	words *regexp.Regexp
}{
	{"亲属关系证明", regexp.MustCompile(`亲属关系|亲子关系|家庭关系`)}, {"居民身份信息证明", regexp.MustCompile(`身份信息|同一人|身份证明`)},
	{"户口登记项目内容变更申请证明", regexp.MustCompile(`户口登记.*变更`)}, {"居民养犬证明", regexp.MustCompile(`养犬`)}, {"无犯罪记录证明", regexp.MustCompile(`犯罪记录`)},
	{"社区戒毒社区康复人员情况证明", regexp.MustCompile(`戒毒|康复人员`)}, {"人员失踪证明", regexp.MustCompile(`失踪|下落不明`)}, {"婚姻状况证明", regexp.MustCompile(`婚姻|单身|未婚`)},
	{"出生证明", regexp.MustCompile(`出生证明`)}, {"健在证明", regexp.MustCompile(`健在|生存证明`)}, {"死亡证明", regexp.MustCompile(`死亡`)}, {"疾病状况证明", regexp.MustCompile(`疾病|患病`)},
	{"残疾状况证明", regexp.MustCompile(`残疾`)}, {"婚育状况证明", regexp.MustCompile(`婚育|生育`)}, {"居民就业状况证明", regexp.MustCompile(`就业|失业|无业|务工`)},
	{"居民个人档案证明", regexp.MustCompile(`档案`)}, {"居民财产证明", regexp.MustCompile(`财产|收入|经济状况|房产`)}, {"遗产继承权证明", regexp.MustCompile(`继承`)},
	{"市场主体住所证明", regexp.MustCompile(`经营场所|(市场主体|企业|公司).*住所`)}, {"证件遗失证明", regexp.MustCompile(`遗失|丢失`)},
	{"缴费票据遗失证明", regexp.MustCompile(`票据.*(遗失|丢失)`)}, {"转学证明", regexp.MustCompile(`转学`)},
}

// committee is who such proofs are asked of.
var committee = regexp.MustCompile(`社区|居委会|居民委员会|村委会|村民委员会|村（居）|居（村）|村居|基层群众性自治组织`)

func bannedProof(m *dictionary.Material) (string, bool) {
	if !committee.MatchString(m.Issuer.Zh) && !committee.MatchString(m.Name.Zh) {
		return "", false
	}
	for _, b := range bannedProofs {
		if strings.Contains(m.Name.Zh, "证") && b.words.MatchString(m.Name.Zh) {
			return b.name, true
		}
	}
	return "", false
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
		if v.Reduction != nil {
			out = append(out, v.Reduction.Legal)
		}
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
