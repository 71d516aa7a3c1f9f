package residents

import (
	"fmt"
	"math/rand/v2"

	"github.com/tongban/tongban/rules/calendar"
	"github.com/tongban/tongban/rules/ident"
)

// licences decides which licences a member has. Some are missing and some have run out, as in any city.
func (c *City) licences(r *rand.Rand, h *home, k int) []Licence {
	p := &h.members[k]
	age := c.age(p.birth)
	var out []Licence
	add := func(l Licence) { out = append(out, l) }
	if age >= 16 && r.IntN(100) < 96 || age < 16 && r.IntN(100) < 45 {
		add(c.idCard(h, p, r.IntN(9*365), r.IntN(100) < 2 && age >= 26))
	}
	if !h.migrant && r.IntN(100) < 95 {
		add(c.hukouBook(h, p))
	}
	if r.IntN(100) < 90 {
		add(c.socialSecurityCard(h, p))
	}
	if k < 2 && len(h.members) > 1 && age >= 22 && r.IntN(100) < 70 {
		add(c.marriage(h, p, h.members[1-k].name))
	}
	if r.IntN(100) < 6 || age >= 75 && r.IntN(100) < 8 {
		add(c.disabilityCard(r, h, p))
	}
	if h.lowGrant > 0 {
		add(c.lowIncome(h, p))
	}
	if age >= 6 && age < 18 && r.IntN(100) < 90 {
		add(c.student(h, p, "示例学校"))
	}
	if k == 0 && age >= 18 {
		switch roll := r.IntN(100); {
		case h.migrant && roll < 60:
			add(c.lease(h, p, h.since))
		case !h.migrant && roll < 55:
			add(c.property(r, h, p))
		}
		if r.IntN(100) < 4 {
			add(c.business(h, p))
		}
	}
	if h.migrant {
		since := h.registeredOn(p)
		add(c.registration(h, p, since))
		if since.MonthsTo(c.asOf) >= 7 && r.IntN(2) == 0 {
			add(c.permit(h, p, shift(since, 200+r.IntN(10))))
		}
	}
	return out
}

// issue makes a licence of a type, given out by the department of the county on a day.
func (c *City) issue(kind, county string, p *member, number string, on calendar.Date, to string, face values) Licence {
	t := c.geo.types[kind]
	id, err := ident.NewLicenceID(ident.LicenceID{
		Type: t.code, Issuer: c.geo.issuer[t.department+"-"+county], Serial: fmt.Sprintf("%d%09d", on.Year(), p.ordinal), Version: "001",
	})
	if err != nil {
		panic(fmt.Sprintf("residents: %s: %v", kind, err)) // types and issuers are those of the seed dictionary
	}
	l := Licence{Identifier: id, Type: kind, Number: number, IssuedOn: on.String(), ValidTo: to, Status: "valid", Face: face}
	if to != "" && to < c.asOf.String() {
		l.Status = "expired"
	}
	return l
}

// idCard is valid for 5, 10 or 20 years or without end, by the age at which it is issued (居民身份证法 5).
func (c *City) idCard(h *home, p *member, daysAgo int, expired bool) Licence {
	on := shift(c.asOf, -daysAgo)
	if on.Before(p.birth) {
		on = p.birth
	}
	years := 0
	switch age := p.birth.YearsTo(on); {
	case age < 16:
		years = 5
	case age < 26:
		years = 10
	case age < 46:
		years = 20
	}
	to := ""
	if years > 0 {
		to = addYears(on, years).String()
	}
	if expired {
		on = shift(c.asOf, -10*365-60)
		to = shift(c.asOf, -60).String()
	}
	v := values{}
	v.text("name", p.name)
	v.text("ethnic_group", p.ethnic)
	v.text("address", h.address)
	return c.issue("id_card", h.county, p, p.id, on, to, v)
}

func addYears(d calendar.Date, n int) calendar.Date {
	out, err := d.AddYears(n)
	if err != nil {
		panic(err)
	}
	return out
}

func (c *City) hukouBook(h *home, p *member) Licence {
	v := values{}
	no := fmt.Sprintf("%s%07d", h.hukou[:6], h.index%10_000_000)
	v.text("household_no", no)
	v.text("head", h.members[0].name)
	v.text("division", h.hukou)
	v.text("address", h.address)
	v.text("kind", kindOf(h.rural))
	return c.issue("hukou_book", h.hukou[:6], p, no, later(p.birth, calendar.Must(2012, 5, 1)), "", v)
}

func later(a, b calendar.Date) calendar.Date {
	if a.After(b) {
		return a
	}
	return b
}

func (c *City) socialSecurityCard(h *home, p *member) Licence {
	card, err := ident.NewBankCard(fmt.Sprintf("62220249%010d", p.ordinal))
	if err != nil {
		panic(err) // eighteen digits always make a card
	}
	v := values{}
	v.text("holder", p.name)
	v.text("bank_name", "示例农村商业银行")
	v.text("bank_account", card)
	return c.issue("social_security_card", h.county, p, p.id, later(p.birth, calendar.Must(2019, 3, 1)), "", v)
}

func (c *City) marriage(h *home, p *member, spouse string) Licence {
	on := addYears(p.birth, 24)
	if on.After(c.asOf) {
		on = c.asOf
	}
	v := values{}
	v.text("spouse", spouse)
	v.text("registered_on", on.String())
	return c.issue("marriage_certificate", h.county, p, fmt.Sprintf("J%s-%d-%06d", h.county, on.Year(), p.ordinal%1_000_000), on, "", v)
}

var disabilityKinds = []string{"sight", "hearing", "speech", "limbs", "intellectual", "mental", "multiple"}

// disabilityCard runs out after ten years; about one in ten here has.
func (c *City) disabilityCard(r *rand.Rand, h *home, p *member) Licence {
	category, grade := 1+r.IntN(7), 1+r.IntN(4)
	no, err := ident.NewDisabilityCard(p.id, category, grade)
	if err != nil {
		panic(err)
	}
	on := later(shift(c.asOf, -r.IntN(11*365)), p.birth)
	v := values{}
	v.text("category", disabilityKinds[category-1])
	v.number("grade", grade)
	if c.age(p.birth) < 18 {
		v.text("guardian", h.members[0].name)
	}
	return c.issue("disability_card", h.county, p, no, on, shift(addYears(on, 10), -1).String(), v)
}

func (c *City) lowIncome(h *home, p *member) Licence {
	v := values{}
	no := fmt.Sprintf("D%s%07d", h.county, h.index%10_000_000)
	v.text("household_no", no)
	v.number("members", len(h.members))
	v.number("monthly", h.lowGrant)
	return c.issue("low_income_certificate", h.county, p, no, later(shift(c.asOf, -300), p.birth), shift(c.asOf, 65).String(), v)
}

func (c *City) student(h *home, p *member, school string) Licence {
	on := calendar.Must(c.asOf.Year()-1, 9, 1)
	v := values{}
	v.text("school", school)
	v.text("enrolled_on", on.String())
	return c.issue("student_record", h.county, p, "G"+p.id, on, "", v)
}

func (c *City) lease(h *home, p *member, since calendar.Date) Licence {
	to := shift(addYears(since, 1+since.YearsTo(c.asOf)), -1)
	v := values{}
	v.text("address", h.address)
	v.text("lease_from", since.String())
	v.text("lease_to", to.String())
	return c.issue("lease_contract", h.county, p, fmt.Sprintf("%s%d%07d", h.county, since.Year(), p.ordinal%10_000_000), since, to.String(), v)
}

func (c *City) property(r *rand.Rand, h *home, p *member) Licence {
	on := later(addYears(p.birth, 18), shift(c.asOf, -r.IntN(20*365)))
	v := values{}
	v.text("address", h.address)
	v["area"] = fmt.Appendf(nil, "%d.%02d", 45+r.IntN(120), r.IntN(100))
	return c.issue("property_certificate", h.county, p, fmt.Sprintf("川（%d）攀枝花市不动产权第%07d号", on.Year(), p.ordinal%10_000_000), on, "", v)
}

func (c *City) business(h *home, p *member) Licence {
	code, err := ident.NewUSCC("92", h.county, fmt.Sprintf("MC%06d", p.ordinal%1_000_000))
	if err != nil {
		panic(err)
	}
	v := values{}
	v.text("name", p.name+"示例商店")
	v.text("uscc", code)
	return c.issue("business_licence", h.county, p, code, later(addYears(p.birth, 18), calendar.Must(2021, 6, 1)), "", v)
}

func (c *City) registration(h *home, p *member, since calendar.Date) Licence {
	v := values{}
	v.text("division", h.lives)
	v.text("address", h.address)
	v.text("registered_on", since.String())
	return c.issue("residence_registration", h.county, p, "R"+p.id, since, "", v)
}

// permit is endorsed each year on the day it was issued (居住证暂行条例 10).
func (c *City) permit(h *home, p *member, on calendar.Date) Licence {
	endorsed := addYears(on, on.YearsTo(c.asOf))
	v := values{}
	v.text("division", h.lives)
	v.text("endorsed_on", endorsed.String())
	return c.issue("residence_permit", h.county, p, "P"+p.id, on, shift(addYears(endorsed, 1), -1).String(), v)
}
