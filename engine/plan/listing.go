package plan

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/tongban/tongban/engine/dictionary"
	"github.com/tongban/tongban/engine/item"
	"github.com/tongban/tongban/rules/calendar"
	"github.com/tongban/tongban/rules/cond"
	"github.com/tongban/tongban/rules/diag"
	"github.com/tongban/tongban/rules/formula"
)

// The cross-field rules of an implementation list (实施清单): what its elements say of each other.

// lintAccess: visits need a reason; no visit needs a channel, and a way for the result, that work without one; what is done
// online in full needs no visit.
func (c *compiler) lintAccess() {
	d := c.plan.def
	if d.Visits > 0 && d.VisitReason.IsZero() {
		c.report("plan.visit-without-reason", "/onSiteVisits", "n", d.Visits)
	}
	online := slices.ContainsFunc(d.Channels, func(ch item.Channel) bool { return ch == item.ChannelOnline || ch == item.ChannelMobile })
	mail := slices.Contains(d.Channels, item.ChannelMail)
	handedOver := slices.ContainsFunc(d.Results, func(r item.Result) bool { return r.Kind == item.ResultLicence || r.Kind == item.ResultDocument })
	sent := slices.ContainsFunc(d.Delivery, func(v item.Delivery) bool { return v != item.DeliveryWindow })
	switch {
	case d.Visits > 0:
	case !online && !mail:
		c.report("plan.no-visit-no-channel", "/channels")
	case !mail && d.OnlineDepth > 0 && d.OnlineDepth < 4:
		c.report("plan.no-visit-shallow", "/onlineDepth", "depth", d.OnlineDepth)
	}
	switch {
	case d.Visits > 0 || !handedOver || sent:
	case len(d.Delivery) > 0:
		c.report("plan.no-visit-no-delivery", "/delivery")
	default:
		c.warn("plan.no-visit-no-delivery", "/onSiteVisits")
	}
	if d.OnlineDepth == 4 && d.Visits > 0 {
		c.report("plan.online-with-visits", "/onSiteVisits", "n", d.Visits)
	}
	if d.OnlineDepth >= 3 && !online {
		c.report("plan.online-without-channel", "/channels", "depth", d.OnlineDepth)
	}
	if online && d.OnlineDepth == 0 {
		c.found.Add(diag.New("plan.no-online-depth", "/channels").As(diag.Hint))
	}
	beyond := d.Scope == item.ScopeProvince || d.Scope == item.ScopeNation
	switch {
	case beyond && d.CrossRegion == "":
		c.warn("plan.scope-without-way", "/scope")
	case !beyond && d.CrossRegion != "":
		c.report("plan.way-without-scope", "/crossRegion")
	case d.CrossRegion == item.CrossOnline && d.OnlineDepth != 4:
		c.report("plan.cross-region-not-online", "/crossRegion")
	}
}

// lintPower: an entrustment names whose power it is; departments that act together have a stage each on every route.
func (c *compiler) lintPower() {
	d := c.plan.def
	known := func(key, at string) bool {
		_, ok := c.dict.Department(key)
		if !ok {
			c.report("plan.unknown-department", at, "name", key)
		}
		return ok
	}
	known(d.Authority, "/authority")
	entrusted := d.PowerSource == item.PowerEntrusted || d.PowerSource == item.PowerEntrustedFromAbove
	switch {
	case entrusted && d.EntrustedBy == "":
		c.report("plan.entrusted-by-nobody", "/powerSource")
	case !entrusted && d.EntrustedBy != "":
		c.report("plan.no-entrustment", "/entrustedBy")
	case entrusted:
		known(d.EntrustedBy, "/entrustedBy")
	}
	for i, key := range d.Joint {
		at := diag.Pointer("/jointDepartments", i)
		if key == d.Authority {
			c.report("plan.joint-authority", at)
			continue
		}
		if !known(key, at) {
			continue
		}
		for _, r := range c.plan.route.choices {
			if !slices.ContainsFunc(r.template.Stages, func(s dictionary.Stage) bool { return s.Department == key }) {
				name, _ := c.dict.Department(key)
				c.report("plan.joint-without-stage", at, "name", name.Name, "route", r.template.Name)
				break
			}
		}
	}
}

// Names of results say what is handed over. Some words end in 证 and are no licences.
var (
	licenceName  = regexp.MustCompile(`证(书|件|照|明书)?$`)
	noLicence    = regexp.MustCompile(`(认证|论证|公证|保证|验证|签证|见证)$`)
	documentName = regexp.MustCompile(`(批文|批复|文书|决定书|决定|通知书|意见书|告知书|复函|公函)$`)
)

// lintResults: a licence result names its licence type, and only that does; what is called a licence is one, and what is
// called a document is one.
func (c *compiler) lintResults() {
	for i, r := range c.plan.def.Results {
		at := diag.Pointer("/results", i)
		if r.Kind == item.ResultLicence && r.Type == "" {
			c.report("plan.licence-without-type", at)
		}
		if r.Kind != item.ResultLicence && r.Type != "" {
			c.report("plan.type-without-licence", at+"/licence", "kind", r.Kind)
		}
		if _, ok := c.dict.LicenceType(r.Type); r.Type != "" && !ok {
			c.report("plan.unknown-licence", at+"/licence", "name", r.Type)
		}
		if (r.Kind == item.ResultEntitlement || r.Kind == item.ResultPayment) && r.Value == "" {
			c.warn("plan.result-without-amount", at)
		}
		name := strings.TrimSpace(r.Name.Zh)
		switch {
		case r.Kind != item.ResultLicence && licenceName.MatchString(name) && !noLicence.MatchString(name):
			c.report("plan.result-is-licence", at+"/kind", "name", r.Name)
		case r.Kind != item.ResultDocument && documentName.MatchString(name):
			c.report("plan.result-is-document", at+"/kind", "name", r.Name)
		}
	}
}

// lintFees: no charge without a basis in law (行政许可法 58, 59 for permits) and a standard; nobody pays less without a basis.
func (c *compiler) lintFees() {
	for _, f := range c.plan.fees {
		if len(f.of.Legal) == 0 {
			c.report("plan.fee-without-basis", f.pointer, "name", f.of.Label)
		}
		if f.of.Standard.IsZero() && !setByParameter(f.of.Value) {
			c.warn("plan.fee-without-standard", f.pointer, "name", f.of.Label)
		}
		if r := f.of.Reduction; r != nil && len(r.Legal) == 0 {
			c.report("plan.reduction-without-basis", f.pointer+"/reduction", "name", f.of.Label)
		} else if r != nil {
			c.articles(r.Legal, f.pointer+"/reduction/legal")
		}
		// A permit is free unless a law or an administrative regulation says otherwise; nothing lower will do.
		high := func(l LegalRef) bool {
			return strings.HasSuffix(l.Title, "法") || strings.HasSuffix(l.Title, "条例")
		}
		if c.plan.def.Type == item.TypePermit && len(f.legal) > 0 && !slices.ContainsFunc(f.legal, high) {
			c.warn("plan.permit-fee-basis", f.pointer+"/legal", "name", f.of.Label)
		}
	}
}

var parameterUse = regexp.MustCompile(`\bparam[._]`)

func setByParameter(value string) bool {
	return parameterUse.MatchString(value) || strings.Contains(value, "result.")
}

// article is how the parts of a law are cited: 第四十二条第一款第（二）项, several of them, or one of its chapters.
var (
	article      = regexp.MustCompile(`^第[零〇一二三四五六七八九十百千]+(编|章|节|条(之[一二三四五六七八九十]+)?)(第[一二三四五六七八九十百]+款)?(第（?[一二三四五六七八九十百]+）?项)?$`)
	badArticle   = regexp.MustCompile(`^第?\s*[0-9０-９]+|第[0-9０-９\s]+|^[零一二三四五六七八九十百]+条|第[^条款项章节编]*$`)
	articleJoint = regexp.MustCompile(`[、，,；;和至]|以及`)
)

// lintLegal: articles are cited in the form of the law, and none twice.
func (c *compiler) lintLegal() {
	seen := map[item.Legal]string{}
	for i, l := range c.plan.def.Legal {
		at := diag.Pointer("/legal", i)
		for _, part := range articleJoint.Split(l.Article, -1) {
			if part = strings.TrimSpace(part); badArticle.MatchString(part) && !article.MatchString(part) {
				c.warn("plan.article-form", at+"/article", "article", part)
				break
			}
		}
		same := item.Legal{Title: l.Title, DocumentNo: l.DocumentNo, Article: l.Article, Note: l.Note}
		if other, twice := seen[same]; twice {
			c.warn("plan.legal-twice", at, "name", l.ID, "other", other)
		}
		seen[same] = l.ID
	}
	for i, v := range c.plan.def.Conditions {
		if len(v.Legal) == 0 {
			c.warn("plan.condition-without-basis", diag.Pointer("/conditions", i), "name", v.ID)
		}
	}
}

// lintAmounts: an amount of money is set by a document and changes: it is a parameter with its dates, and no number in a rule.
// The rows of tables may name the article of each, and versions their dates.
func (c *compiler) lintAmounts() {
	bare := func(src cond.Source) { c.found.Add(diag.New("plan.bare-amount", src.Path).As(diag.Hint)) }
	conditions := func(all ...*cond.Condition) {
		for _, one := range all {
			if one != nil && bareAmount(one.Node()) {
				bare(one.Source())
			}
		}
	}
	values := func(f *formula.Formula) {
		if f != nil && amountWritten.MatchString(f.Source().Text) {
			bare(f.Source())
		}
	}
	for _, v := range c.plan.conditions {
		conditions(v.when, v.rule)
	}
	for _, v := range c.plan.materials {
		conditions(v.when)
	}
	for _, v := range c.plan.derived {
		conditions(v.when)
		if v.output == 0 {
			values(v.value)
		}
	}
	for _, v := range c.plan.fees {
		conditions(v.when)
		values(v.value)
	}
	for _, v := range c.plan.route.choices {
		conditions(v.when)
	}
}

// amountWritten is an amount as formulas write it.
var amountWritten = regexp.MustCompile(`\byuan\(\s*[0-9.]*[1-9]`)

// bareAmount reports whether a condition compares money with a number written in it. Zero is no amount.
func bareAmount(n *cond.Node) bool {
	if n == nil {
		return false
	}
	if len(n.Args) == 2 && isComparison(n.Op) {
		for i, side := range n.Args {
			v, whole := side.Value.(int64)
			if other := n.Args[1-i]; side.Op == cond.OpConst && whole && v != 0 && other.Type.Money && other.Op != cond.OpConst {
				return true
			}
		}
	}
	if n.Op == cond.OpCall && n.Name == "yuan" && len(n.Args) == 1 && n.Args[0].Op == cond.OpConst {
		return true
	}
	return slices.ContainsFunc(n.Args, bareAmount)
}

func isComparison(op cond.Op) bool {
	return slices.Contains([]cond.Op{cond.OpEq, cond.OpNe, cond.OpLt, cond.OpLe, cond.OpGt, cond.OpGe}, op)
}

// exceeds looks for a day on which the promise would end after the statutory limit, through the years whose days off are
// loaded: around long holidays working days take longer than days of the calendar.
func (c *compiler) exceeds(promised, statutory item.Term) (start, last, limit calendar.Date, found bool) {
	cal := c.dict.Calendar()
	for _, year := range cal.Years() {
		day, ok := calendar.Of(year, time.January, 1)
		for ok && day.Year() == year {
			p, errP := cal.Due(day, promised.N, calendar.Unit(promised.Unit))
			s, errS := cal.Due(day, statutory.N, calendar.Unit(statutory.Unit))
			if errP == nil && errS == nil && p.After(s) {
				return day, p, s, true
			}
			next, err := day.AddDays(1)
			if err != nil {
				break
			}
			day = next
		}
	}
	return start, last, limit, false
}
