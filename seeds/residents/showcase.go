package residents

import (
	"github.com/tongban/tongban/rules/calendar"
	"github.com/tongban/tongban/rules/lang"
)

// Person is a resident with a story, for walking through the items by hand.
type Person struct {
	Resident
	Name  string
	Story lang.Text
}

// Showcase returns the named residents. Their identity numbers never change; registrations and licences are dated from the
// day of the city, so that "seven months" stays seven months. Their ages are those of late 2026.
func (c *City) Showcase() []Person {
	var out []Person
	date := calendar.Must
	months := func(n int) calendar.Date {
		d, err := c.asOf.AddMonths(-n)
		if err != nil {
			panic(err)
		}
		return d
	}
	type trait func(c *City, h *home, p *member) Licence
	add := func(h home, p member, sequence int, story lang.Text, traits ...trait) {
		p.id = number(p.birth, sequence)
		p.female = sequence%2 == 0
		p.ordinal = 900_000_000 + len(out)
		if p.ethnic == "" {
			p.ethnic = "汉族"
		}
		h.index, h.members = uint64(9_000_000+len(out)), []member{p}
		if h.county == "" {
			h.county = h.lives[:6]
		}
		r := Resident{IDType: "resident-id", IDNumber: p.id, AsOf: months(1).String()}
		v := values{}
		v.text("name", p.name)
		v.text("ethnic_group", p.ethnic)
		v.text("hukou_division", h.hukou)
		v.text("hukou_kind", kindOf(h.rural))
		v.text("residence_division", h.lives)
		v.text("residence_address", h.address)
		v.truth("living", true)
		if p.phone != "" {
			v.text("phone", p.phone)
		}
		if h.migrant {
			v.text("residence_registered_on", h.since.String())
		}
		r.Values = v
		for _, t := range traits {
			r.Licences = append(r.Licences, t(c, &h, &p))
		}
		out = append(out, Person{Resident: r, Name: p.name, Story: story})
	}
	idCard := func(c *City, h *home, p *member) Licence { return c.idCard(h, p, 900, false) }
	expiredIDCard := func(c *City, h *home, p *member) Licence { return c.idCard(h, p, 900, true) }
	hukou := func(c *City, h *home, p *member) Licence { return c.hukouBook(h, p) }
	social := func(c *City, h *home, p *member) Licence { return c.socialSecurityCard(h, p) }
	lease := func(c *City, h *home, p *member) Licence { return c.lease(h, p, h.since) }
	registered := func(c *City, h *home, p *member) Licence { return c.registration(h, p, h.since) }
	permit := func(c *City, h *home, p *member) Licence { return c.permit(h, p, months(8)) }
	student := func(c *City, h *home, p *member) Licence { return c.student(h, p, "示例中学") }

	add(home{hukou: "510402002901", lives: "510402002901", address: "示例路1号2栋301"},
		member{name: "李秀英", birth: date(1946, 3, 1), phone: "19900000001"}, 902,
		lang.Text{Zh: "80周岁，三证齐全：高龄津贴几乎不用填表", En: "80, with every licence on record: the old-age allowance asks her almost nothing"},
		idCard, hukou, social)
	add(home{hukou: "510403001901", lives: "510403001901", address: "示例路2号1栋202"},
		member{name: "张国强", birth: date(1946, 12, 20), phone: "19900000002"}, 901,
		lang.Text{Zh: "79周岁11个月：还差一个月，告知起发月份", En: "79 years and 11 months: told from which month he can claim"},
		idCard, hukou, social)
	add(home{hukou: "510411100902", lives: "510411100902", address: "示例路3号"},
		member{name: "沙马·尔布", ethnic: "彝族", birth: date(1936, 12, 1), phone: "19900000003"}, 903,
		lang.Text{Zh: "2026年12月1日满90周岁：下月自动升档", En: "90 on 1 December 2026: the allowance rises next month by itself"},
		idCard, hukou, social)
	add(home{hukou: "510422207", lives: "510108", county: "510422", address: "成都市成华区示例街6号"},
		member{name: "吉克·阿果", ethnic: "彝族", birth: date(1925, 6, 18)}, 904,
		lang.Text{Zh: "百岁老人，住在成都，由儿子代办：要授权书和生存核验", En: "Over a hundred, living in Chengdu, her son applies: authorisation and a check that she is alive"},
		idCard, hukou, social)
	add(home{hukou: "510422207", lives: "510422100901", address: "示例路5号"},
		member{name: "吉克·木呷", ethnic: "彝族", birth: date(1970, 5, 20), phone: "19900000005"}, 905,
		lang.Text{Zh: "吉克·阿果的儿子，代办人", En: "Jike Aguo's son and agent"},
		idCard, hukou, social)
	add(home{hukou: "510108", lives: "510402005", address: "示例路6号"},
		member{name: "孙玉兰", birth: date(1944, 8, 8), phone: "19900000006"}, 906,
		lang.Text{Zh: "82周岁，但户籍已迁往成都：高龄津贴不符合，告知去处", En: "82, but registered in Chengdu by now: told where to claim"},
		idCard, social)
	add(home{hukou: "510402002901", lives: "510402002901", address: "示例路8号1栋102"},
		member{name: "王建军", birth: date(1985, 4, 12), phone: "19900000007"}, 907,
		lang.Text{Zh: "家中失火：临时救助急难型，金额小，街道就能定", En: "His home burnt: temporary assistance, small enough for the street to decide"},
		idCard, hukou, social)
	add(home{hukou: "510422211901", lives: "510422211901", rural: true, address: "示例村3组12号"},
		member{name: "阿普·三妹", ethnic: "傈僳族", birth: date(1979, 9, 9), phone: "19900000008"}, 908,
		lang.Text{Zh: "孩子大病，支出型临时救助：收入核对，县里审批", En: "A child gravely ill: temporary assistance for expenses, with an income check, decided by the county"},
		idCard, hukou, social)
	add(home{migrant: true, hukou: "530302", lives: "510402002901", since: months(7), rural: true, address: "示例路9号3栋502"},
		member{name: "陈晓燕", birth: date(1990, 11, 23), phone: "19900000009"}, 910,
		lang.Text{Zh: "外地户籍，居住登记7个月，租房备案：可以办居住证", En: "From elsewhere, registered for seven months, lease on record: gets a residence permit"},
		idCard, social, registered, lease)
	add(home{migrant: true, hukou: "532301", lives: "510411001901", since: months(5), address: "示例路10号1栋101"},
		member{name: "刘伟", birth: date(1995, 2, 14), phone: "19900000010"}, 911,
		lang.Text{Zh: "外地户籍，居住登记5个月：未满半年", En: "From elsewhere, registered for five months: not yet half a year"},
		idCard, registered)
	add(home{migrant: true, hukou: "513401", lives: "510403001902", since: months(14), address: "示例路11号2栋303"},
		member{name: "周子轩", birth: date(2011, 3, 3)}, 913,
		lang.Text{Zh: "15周岁，随父母来本市读书：居住证由母亲代办", En: "15, at school here: his mother applies for the permit"},
		idCard, registered, student)
	add(home{migrant: true, hukou: "513401", lives: "510403001902", since: months(14), address: "示例路11号2栋303"},
		member{name: "吴敏", birth: date(1983, 7, 30), phone: "19900000012"}, 912,
		lang.Text{Zh: "周子轩的母亲，代办人；本人已有居住证", En: "Zhou Zixuan's mother and agent; she holds a permit herself"},
		idCard, social, registered, permit)
	add(home{hukou: "510421100901", lives: "510421100901", address: "示例路13号"},
		member{name: "赵𬭎", birth: date(1988, 1, 8), phone: "19900000013"}, 915,
		lang.Text{Zh: "姓名有四字节汉字，身份证电子证照已过期", En: "A character of four bytes in his name, and an e-licence of his identity card that has expired"},
		expiredIDCard, hukou, social)
	return out
}
