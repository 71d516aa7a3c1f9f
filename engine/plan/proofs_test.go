package plan_test

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/tongban/tongban/engine/dictionary"
	"github.com/tongban/tongban/engine/item"
	"github.com/tongban/tongban/engine/plan"
	"github.com/tongban/tongban/seeds"
)

// asking compiles an item that asks for one document of that name and issuer, and returns the codes of what is found at it.
func asking(t *testing.T, name, issuer string) string {
	t.Helper()
	files := fstest.MapFS{}
	err := fs.WalkDir(seeds.Dictionary(), ".", func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		raw, err := fs.ReadFile(seeds.Dictionary(), path)
		files[path] = &fstest.MapFile{Data: raw}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	text := func(zh string) string {
		raw, _ := json.Marshal(map[string]string{"zh": zh, "en": "A document"}) //nolint:errchkjson // two texts
		return string(raw)
	}
	files["asked.json"] = &fstest.MapFile{Data: fmt.Appendf(nil,
		`{"materials": [{"key": "asked", "name": %s, "issuer": %s, "kind": "other", "form": "paper", "source": "other"}]}`, text(name), text(issuer))}
	dict, found := dictionary.Load(files)
	if found.HasErrors() {
		t.Fatal(found)
	}
	def, doc, found := item.Decode([]byte(`{"code": "TEST0001", "name": {"zh": "测试", "en": "Test"}, "type": "benefit", "caseType": "promise",
		"authority": "civil-affairs", "scope": "city", "channels": ["window"], "onSiteVisits": 1, "onSiteReason": {"zh": "核对本人", "en": "To see the person"},
		"effective": {"from": "2026-01-01"}, "legal": [{"id": "law", "title": "社会救助暂行办法"}], "use": ["applicant"],
		"materials": [{"material": "asked", "legal": ["law"]}], "limit": {"statutory": null, "promised": {"n": 12, "unit": "workday"}},
		"route": {"template": "street-county", "jurisdiction": "applicant.hukou_division"}, "results": [{"kind": "none", "name": {"zh": "办结", "en": "Done"}}]}`), "item.json")
	_, more := plan.Compile(def, doc, dict)
	var codes []string
	for _, d := range append(found, more...) {
		if strings.HasPrefix(d.Path, "/materials") {
			codes = append(codes, d.Code)
		}
	}
	return strings.Join(codes, " ")
}

// TestProofsOfCommittees: what a residents' committee must not be asked to attest (民发〔2020〕20号, first list), however it is put;
// and what others issue, or a committee still may.
func TestProofsOfCommittees(t *testing.T) {
	const banned = "plan.banned-proof"
	for _, c := range []struct{ name, issuer, want string }{
		{"亲属关系证明", "社区居民委员会", banned}, {"居民身份信息证明", "居委会", banned}, {"户口登记项目内容变更申请证明", "村民委员会", banned}, {"居民养犬证明", "社区", banned},
		{"无犯罪记录证明", "社区", banned}, {"社区戒毒、社区康复人员表现证明", "社区", banned}, {"人员失踪证明", "村委会", banned}, {"婚姻状况证明", "社区", banned},
		{"出生证明", "村（居）民委员会", banned}, {"健在证明", "社区", banned}, {"死亡证明", "社区", banned}, {"疾病状况证明", "社区", banned}, {"残疾状况证明", "社区", banned},
		{"婚育状况证明", "社区", banned}, {"居民就业状况证明", "社区", banned}, {"居民个人档案证明", "社区", banned}, {"居民财产证明", "社区", banned}, {"遗产继承权证明", "社区", banned},
		{"市场主体住所（经营场所）证明", "社区", banned}, {"证件遗失证明", "社区", banned},
		{"社区出具的单身证明", "", banned}, {"家庭收入证明", "户籍地村委会", banned},
		{"亲属关系证明", "公安机关", ""}, {"婚姻登记证明", "婚姻登记机关", ""}, {"出生医学证明", "助产机构", ""}, {"业主共同决定", "社区居民委员会", ""},
		{"其他相关证明材料", "公安机关", "plan.catch-all-material"}, {"审批机关要求的文件", "公安机关", "plan.catch-all-material"}, {"身份证等材料", "公安机关", "plan.catch-all-material"},
	} {
		issuer := c.issuer
		if issuer == "" {
			issuer = "有权机构"
		}
		if got := asking(t, c.name, issuer); got != c.want {
			t.Errorf("%s of %s: found %q, want %q", c.name, issuer, got, c.want)
		}
	}
}
