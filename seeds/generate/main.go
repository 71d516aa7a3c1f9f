// Command generate writes the parts of the dictionary that follow from a list: the divisions and the offices of every
// county, street and community. Run it with `go generate ./seeds`; a test fails when its output is not what is committed.
package main

import (
	"bytes"
	_ "embed"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strings"

	"github.com/tongban/tongban/rules/ident"
)

// The city's divisions down to streets and towns, as the statistics bureau listed them in 2023.
//
//go:embed divisions.csv
var divisionList []byte

func main() {
	for name, content := range outputs() {
		if err := os.WriteFile(filepath.Join("dictionary", name), content, 0o644); err != nil {
			log.Fatal(err)
		}
	}
}

// outputs returns the generated files of the dictionary folder by name.
func outputs() map[string][]byte {
	divisions := city()
	return map[string][]byte{
		"divisions.json": document("divisions", divisions),
		"offices.json":   document("offices", offices(divisions)),
	}
}

// document writes a dictionary file with one entry a line, so that a change to one entry is a change to one line.
func document[T any](list string, entries []T) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "{\n  \"$schema\": \"../../engine/dictionary/dictionary.schema.json\",\n  %q: [\n", list)
	for i, e := range entries {
		line, err := json.Marshal(e)
		if err != nil {
			log.Fatal(err)
		}
		b.WriteString("    ")
		b.Write(line)
		if i < len(entries)-1 {
			b.WriteByte(',')
		}
		b.WriteByte('\n')
	}
	b.WriteString("  ]\n}\n")
	return b.Bytes()
}

type division struct {
	Code      string `json:"code"`
	Name      string `json:"name"`
	Level     string `json:"level"`
	Parent    string `json:"parent,omitempty"`
	Fictional bool   `json:"fictional,omitempty"`
	Review    string `json:"review,omitempty"`
	Court     string `json:"court,omitempty"`
}

// communities are made up, under a few streets and towns of every county: the true codes of the city's communities were not
// at hand, and a demo should not speak for a real one. Their names say so and their codes begin at 901.
var communities = map[string][]string{
	"510402001": {"示例江湾社区"},
	"510402002": {"示例木棉社区", "示例临江社区", "示例公园社区"},
	"510402100": {"示例银滩村"},
	"510403001": {"示例清香社区", "示例格林社区"},
	"510403003": {"示例河石社区"},
	"510403100": {"示例金桥村"},
	"510411001": {"示例大河社区", "示例阳光社区"},
	"510411100": {"示例仁和社区", "示例石榴社区"},
	"510411201": {"示例啊喇村"},
	"510421100": {"示例安宁社区", "示例枇杷社区"},
	"510421101": {"示例丙谷村"},
	"510421204": {"示例新山村"},
	"510422100": {"示例桐林社区", "示例芒果社区"},
	"510422101": {"示例红格社区"},
	"510422211": {"示例格萨拉村"},
}

func city() []division {
	rows, err := csv.NewReader(bytes.NewReader(divisionList)).ReadAll()
	if err != nil {
		log.Fatal(err)
	}
	var out []division
	for _, r := range rows[1:] {
		d := division{Code: r[0], Name: r[1], Level: r[2], Parent: r[3]}
		switch d.Level {
		case "city":
			d.Parent = ""                                      // the province is no part of this dictionary
			d.Review, d.Court = d.Name+"人民政府", d.Name+"东区人民法院" // where the city's departments have their seat
		case "county":
			full := d.Name
			if strings.HasSuffix(d.Name, "区") {
				full = "攀枝花市" + d.Name
			}
			d.Review, d.Court = full+"人民政府", full+"人民法院"
		case "town":
			d.Level = "street"
		}
		out = append(out, d)
		for i, name := range communities[d.Code] {
			out = append(out, division{Code: fmt.Sprintf("%s%d", d.Code, 901+i), Name: name, Level: "community", Parent: d.Code, Fictional: true})
		}
	}
	return out
}

type office struct {
	Key         string   `json:"key"`
	USCC        string   `json:"uscc"`
	Name        string   `json:"name"`
	Level       string   `json:"level"`
	Division    string   `json:"division"`
	Departments []string `json:"departments,omitempty"`
	Window      bool     `json:"window,omitempty"`
	Phone       string   `json:"phone"`
	Address     string   `json:"address"`
}

// bureaus are the departments that have an office in the city and in each county.
var bureaus = []struct {
	department, name string
	branch           bool // in a district it is a branch of the city's
}{
	{"civil-affairs", "民政局", false},
	{"public-security", "公安局", true},
	{"human-resources", "人力资源和社会保障局", false},
	{"health", "卫生健康局", false},
	{"medical-insurance", "医疗保障局", false},
	{"housing", "住房和城乡建设局", false},
	{"education", "教育和体育局", false},
	{"veterans", "退役军人事务局", false},
	{"justice", "司法局", false},
	{"natural-resources", "自然资源和规划局", true},
	{"market-regulation", "市场监督管理局", false},
	{"disabled-persons", "残疾人联合会", false},
}

// streetLines are the departments for which the service centre of a street or town does what that level does.
var streetLines = []string{
	"civil-affairs", "human-resources", "health", "medical-insurance", "housing", "education", "veterans", "disabled-persons",
}

// offices makes the organisations of the four levels. Names follow the pattern of the real ones; codes, telephones and
// addresses are made up.
func offices(divisions []division) []office {
	names, byCode := map[string]string{}, map[string]division{}
	for _, d := range divisions {
		names[d.Code], byCode[d.Code] = names[d.Parent]+d.Name, d
	}
	var out []office
	add := func(o office, kind string) {
		n := len(out) + 1
		code, err := ident.NewUSCC(kind, o.Division[:6], fmt.Sprintf("MB9Y%04d", n))
		if err != nil {
			log.Fatal(err)
		}
		o.USCC = code
		o.Phone = fmt.Sprintf("0812-%07d", 3900000+n)
		o.Address = names[o.Division] + fmt.Sprintf("示例路%d号", n)
		out = append(out, o)
	}
	const (
		organ       = "11" // 机关
		institution = "12" // 事业单位
		committee   = "54" // 村（居）民委员会
	)
	for _, d := range divisions {
		switch d.Level {
		case "city", "county":
			for _, b := range bureaus {
				add(office{Key: b.department + "-" + d.Code, Name: bureau(d, names[d.Parent], b.name, b.branch), Level: d.Level,
					Division: d.Code, Departments: []string{b.department}}, organ)
			}
			add(office{Key: "service-" + d.Code, Name: bureau(d, names[d.Parent], "政务服务中心", false), Level: d.Level, Division: d.Code, Window: true}, institution)
		case "street":
			add(office{Key: "service-" + d.Code, Name: d.Name + "便民服务中心", Level: d.Level, Division: d.Code,
				Departments: streetLines, Window: true}, institution)
			county := byCode[d.Parent]
			station := strings.TrimSuffix(strings.TrimSuffix(strings.TrimSuffix(d.Name, "街道"), "镇"), "乡")
			add(office{Key: "public-security-" + d.Code, Name: bureau(county, names[county.Parent], "公安局", true) + station + "派出所",
				Level: d.Level, Division: d.Code, Departments: []string{"public-security"}}, organ)
		case "community":
			add(office{Key: "service-" + d.Code, Name: d.Name + "便民服务站", Level: d.Level, Division: d.Code, Window: true}, committee)
		}
	}
	return out
}

// bureau names the office of a department: 攀枝花市东区民政局, 攀枝花市公安局东区分局, 米易县公安局.
func bureau(d division, parent, name string, branch bool) string {
	switch {
	case strings.HasSuffix(d.Name, "县"), d.Level == "city":
		return d.Name + name
	case branch:
		return parent + name + d.Name + "分局"
	default:
		return parent + d.Name + name
	}
}
