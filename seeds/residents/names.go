package residents

import "math/rand/v2"

// Names are made of common parts. Yi and Lisu people, many in this city, write theirs with a dot (U+00B7); now and then a
// given name has a character outside the basic plane, four bytes in UTF-8, as real registers do.
var (
	surnames = split("李王张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文")
	oldMen   = split("国建明德福贵荣华成全忠义宗光正兴怀金银宝树林")
	oldWomen = split("秀英兰桂芳珍素玉翠莲菊香凤琼淑贞惠琴")
	men      = split("伟强磊军勇杰涛斌辉鹏飞宇浩志文俊毅凯林峰健")
	women    = split("丽敏静燕霞娟娜婷雪梅玲洁颖琳倩欣怡佳慧")
	young    = split("子梓涵轩宇浩诗雨欣怡一诺思睿嘉晨彤若曦泽铭")
	rare     = split("𬭎𫖮𫍯𬬭𣲗𫘝𬀩𡐓")

	yiClans  = []string{"吉克", "阿说", "沙马", "马海", "曲木", "吉木", "阿苦", "加巴", "尔古", "海来"}
	yiMen    = []string{"阿牛", "木呷", "尔布", "拉哈", "子古", "日铁", "伍各", "曲布"}
	yiWomen  = []string{"阿果", "阿依", "尔作", "布西", "阿呷", "拉则", "金曲", "乌牛"}
	lisuKin  = []string{"阿普", "麻路", "腊斯", "余咱"}
	lisuMen  = []string{"三才", "友德", "才保", "文富"}
	lisuGirl = []string{"三妹", "玉妞", "阿妞", "金花"}
)

func split(s string) []string {
	var out []string
	for _, r := range s {
		out = append(out, string(r))
	}
	return out
}

func one(r *rand.Rand, of []string) string { return of[r.IntN(len(of))] }

func surname(r *rand.Rand, minority bool) string {
	switch {
	case !minority:
		return one(r, surnames)
	case r.IntN(6) == 0:
		return one(r, lisuKin)
	default:
		return one(r, yiClans)
	}
}

// fullName makes a name as people of that age have it, and the ethnic group it suggests.
func fullName(r *rand.Rand, family string, minority, female bool, age int) (name, ethnic string) {
	if minority {
		given, ethnic := yiMen, "彝族"
		lisu := false
		for _, kin := range lisuKin {
			lisu = lisu || kin == family
		}
		switch {
		case lisu && female:
			given, ethnic = lisuGirl, "傈僳族"
		case lisu:
			given, ethnic = lisuMen, "傈僳族"
		case female:
			given = yiWomen
		}
		return family + "·" + one(r, given), ethnic
	}
	given := men
	switch {
	case age < 18:
		given = young
	case age >= 55 && female:
		given = oldWomen
	case age >= 55:
		given = oldMen
	case female:
		given = women
	}
	name = family + one(r, given)
	if r.IntN(10) < 7 {
		name += one(r, given)
	}
	if r.IntN(400) == 0 {
		name = family + one(r, rare)
	}
	return name, "汉族"
}
