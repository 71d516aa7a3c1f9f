// Package dmn reads and writes decision tables in the XML of DMN (OMG Decision Model and Notation 1.3): the tables whose cells
// are unary tests, and the decisions beside them that are expressions. Import gives entries of "derive" for an item document,
// Export writes a table.
//
// # What has no counterpart
//
// FEEL beyond unary tests, arithmetic, comparisons, if and the call of a function has none: it is refused at its line and column.
// So are times, durations and lists as types. Knowledge models, and decisions that are contexts, invocations or more than a
// formula, are left out with a warning. Names become facts: a path such as applicant.birth_date stays, a name such as "Applicant Age"
// becomes form.applicant_age, that of another decision result.<key>; each such change is reported.
//
// Absence differs. In DMN not("a") holds for null, too; in a cell of ours it asks for a value. Export therefore writes
// not("a",null), which says the same, and Import reports a not(...) that does not speak of null. Where no row matches, DMN
// gives null and we an error: Import writes the default nil, which means the same as in DMN, and reports that gaps will not be
// found so; and where a comparison with null is false in DMN, it is an evaluation error here. What Export writes for a table without a default carries a mark of ours, from which Import restores it.
//
// Attributes in the namespace tongban:///dmn carry what DMN has no place for: money and whole numbers among the numbers,
// rounding, the articles of a row, English labels. Other programs ignore them.
//
// The package does no I/O. Reading is bounded: by size, nesting and number of elements; a document type declaration, the
// vehicle of entities, is refused.
package dmn

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/tongban/tongban/rules/table"
)

// Limits of a file. The largest published model seen has 400 KB and nests 12 deep.
const (
	MaxBytes    = 2 << 20
	MaxDepth    = 40
	MaxElements = 100_000
)

// The namespaces of the versions of DMN, which write decision tables alike; files are written in that of 1.3.
const (
	spaceDMN11 = "http://www.omg.org/spec/DMN/20151101/dmn.xsd"
	spaceDMN12 = "http://www.omg.org/spec/DMN/20180521/MODEL/"
	spaceDMN13 = "https://www.omg.org/spec/DMN/20191111/MODEL/"
	spaceDMN14 = "https://www.omg.org/spec/DMN/20211108/MODEL/"
	spaceDMN15 = "https://www.omg.org/spec/DMN/20230324/MODEL/"
	spaceDMN16 = "https://www.omg.org/spec/DMN/20240513/MODEL/"
	spaceOurs  = "tongban:///dmn"
)

var spaces = []string{spaceDMN11, spaceDMN12, spaceDMN13, spaceDMN14, spaceDMN15, spaceDMN16}

// policy is a hit policy as DMN writes it.
type policy struct{ hit, aggregation string }

var policies = map[table.Hit]policy{
	table.Unique: {"UNIQUE", ""}, table.Any: {"ANY", ""}, table.First: {"FIRST", ""}, table.Priority: {"PRIORITY", ""},
	table.RuleOrder: {"RULE ORDER", ""}, table.OutputOrder: {"OUTPUT ORDER", ""}, table.Collect: {"COLLECT", ""},
	table.CollectSum: {"COLLECT", "SUM"}, table.CollectMin: {"COLLECT", "MIN"}, table.CollectMax: {"COLLECT", "MAX"},
	table.CollectCount: {"COLLECT", "COUNT"},
}

// typeNames are the types of FEEL that have a counterpart, and those that other programs write in their place.
var typeNames = map[string]string{
	"number": "number", "string": "string", "boolean": "boolean", "date": "date", "integer": "integer", "long": "integer", "double": "number",
}

// typeOf is the type of FEEL for one of ours: money and integer are numbers there.
func typeOf(ours string) string {
	if ours == "money" || ours == "integer" {
		return "number"
	}
	return ours
}

var (
	keyForm = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)
	humps   = regexp.MustCompile(`([a-z0-9])([A-Z])`)
	other   = regexp.MustCompile(`[^a-z0-9]+`)
)

const maxKey = 60 // as item.schema.json has it

// snake makes a key of a name: "Pre-bureau riskCategory" gives pre_bureau_risk_category. It is empty if nothing is left.
func snake(name string) string {
	s := strings.Trim(other.ReplaceAllString(strings.ToLower(humps.ReplaceAllString(name, "${1}_${2}")), "_"), "_")
	if s != "" && s[0] >= '0' && s[0] <= '9' {
		s = "n" + s
	}
	if len(s) > maxKey {
		s = strings.TrimRight(s[:maxKey], "_")
	}
	return s
}

// distinct makes a key that is not taken yet, and takes it.
func distinct(key, fallback string, taken map[string]bool) string {
	if key == "" {
		key = fallback
	}
	out := key
	for n := 2; taken[out]; n++ {
		out = key + "_" + strconv.Itoa(n)
	}
	taken[out] = true
	return out
}
