package funcs

import (
	"github.com/tongban/tongban/rules/facts"
	"github.com/tongban/tongban/rules/ident"
	"github.com/tongban/tongban/rules/lang"
)

func identifierFuncs() []Func {
	return grouped(Identifiers, []Func{
		valid("id_valid", "number", "居民身份证号码", "identity number",
			both("18位身份证件号码的长度、字符、出生日期和校验码是否都正确（GB 11643）。港澳台居民居住证（81、82、83开头）和外国人永久居留身份证（9开头）用同一校验；不核对行政区划，15位号码无效。",
				"Whether length, characters, birth date and check character of an 18-character identity number are right (GB 11643). Numbers of Hong Kong, Macau and Taiwan residents (81, 82, 83) and of foreign permanent residents (9) are checked the same way; divisions are not looked up; 15 digits are invalid."),
			[]Example{example(`id_valid("11010519491231002X")`, "true"), example(`id_valid("510499194403050014")`, "false"), example(`id_valid("810000199003070015")`, "true")},
			func(s string) error { _, err := ident.ParseID(s); return err }),
		{
			Name:   "id_birth_date",
			Params: []Param{param("number", text)},
			Result: date,
			Doc: both("身份证号码中的出生日期。号码无效是错误；档案记载可能不同。",
				"The birth date in an identity number. An invalid number is an error; an archive may have another date."),
			Phrase:   both("{0}中的出生日期", "the birth date in {0}"),
			Examples: []Example{example(`id_birth_date("510499200002290065")`, `date("2000-02-29")`)},
			Cost:     parsed,
			Call: func(args []any) (any, error) {
				id, err := ident.ParseID(args[0].(string))
				return dated(id.Birth, err)
			},
		},
		{
			Name:   "id_sex",
			Params: []Param{param("number", text)},
			Result: text,
			Doc: both(`身份证号码中的性别："male" 男（顺序码为奇数），"female" 女。号码无效是错误。`,
				`The sex in an identity number: "male" (an odd sequence) or "female". An invalid number is an error.`),
			Phrase: both("{0}中的性别", "the sex in {0}"),
			Examples: []Example{
				example(`id_sex("510499194403050013")`, `"male"`),
				example(`id_sex("11010519491231002X")`, `"female"`),
			},
			Cost: parsed,
			Call: func(args []any) (any, error) {
				id, err := ident.ParseID(args[0].(string))
				if err != nil {
					return nil, err
				}
				return string(id.Sex()), nil
			},
		},
		valid("uscc_valid", "code", "统一社会信用代码", "unified social credit code",
			both("统一社会信用代码的长度、字符和校验码是否正确（GB 32100）。实际在用的代码有校验不符的，宜作提示而非拒绝的依据。",
				"Whether length, characters and check character of a unified social credit code are right (GB 32100). Codes in real use are known to fail, so it is better grounds for a hint than for a refusal."),
			[]Example{example(`uscc_valid("91350100M000100Y43")`, "true"), example(`uscc_valid("12511301452259996U")`, "false")},
			func(s string) error { _, err := ident.ParseUSCC(s); return err }),
		valid("licence_id_valid", "identifier", "电子证照标识", "electronic-licence identifier",
			both("电子证照标识的组成和校验位是否正确（GB/T 36904，ISO 7064 MOD 37,36）；可省略根代码 1.2.156.3005.2。",
				"Whether the parts and the check character of an electronic-licence identifier are right (GB/T 36904, ISO 7064 MOD 37,36); the root 1.2.156.3005.2 may be left out."),
			[]Example{
				example(`licence_id_valid("1.2.156.3005.2.11100000000013338W009.11330105002500287C.2025052201.002.0")`, "true"),
				example(`licence_id_valid("1.2.156.3005.2.11100000000013338W009.11330105002500287C.2025052201.002.1")`, "false"),
			},
			func(s string) error { _, err := ident.ParseLicenceID(s); return err }),
		valid("disability_card_valid", "number", "残疾人证号", "disability-card number",
			both("残疾人证号是否有效：18位身份证号码加1位残疾类别（1至7）和1位等级（1至4），换领、补领的另加B和次数（残联发〔2017〕34号）。",
				"Whether a disability-card number is right: an identity number, a digit for the kind (1 to 7) and one for the grade (1 to 4); re-issues add B and a count (残联发〔2017〕34号)."),
			[]Example{example(`disability_card_valid("51049919440305001342")`, "true"), example(`disability_card_valid("51049919440305001349")`, "false"), example(`disability_card_valid("51049919440305001342B1")`, "true")},
			func(s string) error { _, err := ident.ParseDisabilityCard(s); return err }),
		card("disability_card_category",
			both("残疾人证号中的残疾类别：1视力、2听力、3言语、4肢体、5智力、6精神、7多重。号码无效是错误。",
				"The kind of disability in a disability-card number: 1 sight, 2 hearing, 3 speech, 4 limbs, 5 intellect, 6 mind, 7 multiple. An invalid number is an error."),
			both("{0}中的残疾类别", "the kind of disability in {0}"), lang.Text{}, "4",
			func(c ident.DisabilityCard) int { return c.Category }),
		card("disability_card_grade",
			both("残疾人证号中的残疾等级，1（最重）至4。号码无效是错误。",
				"The grade of disability in a disability-card number, 1 (gravest) to 4. An invalid number is an error."),
			both("{0}中的残疾等级", "the grade of disability in {0}"), both("级", ""), "2",
			func(c ident.DisabilityCard) int { return c.Grade }),
		valid("mobile_valid", "number", "手机号码", "mobile number",
			both("是否为大陆手机号码：11位，13至19开头；可带 +86。", "Whether it is a mainland mobile number: 11 digits beginning with 13 to 19; +86 may stand before it."),
			[]Example{example(`mobile_valid("13908120000")`, "true"), example(`mobile_valid("12908120000")`, "false")},
			func(s string) error { _, err := ident.ParseMobile(s); return err }),
		valid("bank_card_valid", "number", "银行卡号", "bank-card number",
			both("银行卡号是否为12至19位且校验位正确（ISO/IEC 7812，Luhn）。存折账号不一定有校验位，宜作提示而非拒绝的依据。",
				"Whether a bank-card number has 12 to 19 digits and the right check digit (ISO/IEC 7812, Luhn). Passbook accounts need not have one, so it is better grounds for a hint than for a refusal."),
			[]Example{example(`bank_card_valid("4532015112830366")`, "true"), example(`bank_card_valid("4532015112830636")`, "false")},
			func(s string) error { _, err := ident.ParseBankCard(s); return err }),
	})
}

// valid is a function that says whether a text is a right number of some kind.
func valid(name, param string, zh, en string, doc lang.Text, examples []Example, check func(string) error) Func {
	return Func{
		Name:     name,
		Params:   []Param{{Name: param, Type: text}},
		Result:   boolean,
		Doc:      doc,
		Phrase:   both("{0}是有效的"+zh, "{0} is a valid "+en),
		Examples: examples,
		Cost:     parsed,
		Call:     func(args []any) (any, error) { return check(args[0].(string)) == nil, nil },
	}
}

// card is a function that reads a digit of a disability-card number.
func card(name string, doc, phrase, unit lang.Text, want string, of func(ident.DisabilityCard) int) Func {
	return Func{
		Name:     name,
		Params:   []Param{param("number", text)},
		Result:   facts.Type{Kind: facts.Int},
		Doc:      doc,
		Phrase:   phrase,
		Unit:     unit,
		Examples: []Example{example(name+`("51049919440305001342")`, want)},
		Cost:     parsed,
		Call: func(args []any) (any, error) {
			c, err := ident.ParseDisabilityCard(args[0].(string))
			if err != nil {
				return nil, err
			}
			return int64(of(c)), nil
		},
	}
}

func divisionFuncs() []Func {
	return grouped(Divisions, []Func{
		{
			Name:   "division_in",
			Params: []Param{param("code", text), param("ancestor", text)},
			Result: boolean,
			Doc: both(
				"行政区划 code 是否就是 ancestor 或者在其辖区内，按代码层级判断（GB/T 2260、GB/T 10114）：6位、9位（乡镇街道）或12位（村社区）。不是行政区划代码的，是错误。",
				"Whether the division is the ancestor or lies within it, by the levels of the codes (GB/T 2260, GB/T 10114): six digits, nine (street, town) or twelve (community, village). What is no division code is an error.",
			),
			Phrase: both("{0}在{1}辖区内", "{0} lies within {1}"),
			Examples: []Example{
				example(`division_in("510402001", "510400")`, "true"),
				example(`division_in("510402001", "510403")`, "false"),
				example(`division_in("510400", "510402")`, "false"),
				example(`division_in("510402", "510402")`, "true"),
			},
			Cost: cheap,
			Call: func(args []any) (any, error) {
				code, err := ident.ParseDivision(args[0].(string))
				if err != nil {
					return nil, err
				}
				ancestor, err := ident.ParseDivision(args[1].(string))
				if err != nil {
					return nil, err
				}
				return code.In(ancestor), nil
			},
		},
		above("division_county",
			both("所在县（区）的6位代码。省、市代码没有所在县，是错误。", "The six-digit code of the county or district it is in. A province or city is in none: an error."),
			both("{0}所在县（区）", "the county of {0}"),
			[]Example{example(`division_county("510402001901")`, `"510402"`), example(`division_county("510402")`, `"510402"`)},
			ident.Division.County),
		above("division_street",
			both("所在乡镇（街道）的9位代码。县及以上的代码没有所在乡镇，是错误。", "The nine-digit code of the street or town it is in. A county or above is in none: an error."),
			both("{0}所在乡镇（街道）", "the street or town of {0}"),
			[]Example{example(`division_street("510402001901")`, `"510402001"`)},
			ident.Division.Street),
	})
}

// above is a function that gives the division of a higher level that a division is in.
func above(name string, doc, phrase lang.Text, examples []Example, of func(ident.Division) (ident.Division, error)) Func {
	return Func{
		Name:     name,
		Params:   []Param{param("code", text)},
		Result:   text,
		Doc:      doc,
		Phrase:   phrase,
		Examples: examples,
		Cost:     cheap,
		Call: func(args []any) (any, error) {
			code, err := ident.ParseDivision(args[0].(string))
			if err != nil {
				return nil, err
			}
			if code, err = of(code); err != nil {
				return nil, err
			}
			return string(code), nil
		},
	}
}
