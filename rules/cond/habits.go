package cond

import "github.com/tongban/tongban/rules/source"

// habits are formulas' ways and those of other languages. A name with a dot before it is one written behind a list or a fact.
var habits = source.Habits{
	"and": "&&", "AND": "&&", "&": "&&", "or": "||", "OR": "||", "|": "||", "not": "!", "NOT": "!",
	"=": "==", "===": "==", "is": "==", "<>": "!=", "!==": "!=", "=>": "list.all(x, …)",
	"between": "a <= x && x <= b", "like": "contains(…)", "if": "a ? b : c", "switch": "a ? b : c", "case": "a ? b : c", "??": "present(a) ? a : b",
	"nil": "null", "None": "null", "undefined": "null", "True": "true", "TRUE": "true", "False": "false", "FALSE": "false",
	"has": "present", "exists": "present", "isPresent": "present", "isNull": "!present(…)",
	"timestamp": "date", "Date": "date", "now": "today",
	"len": "size", "length": "size", "count": "list.filter(x, …).size()",
	"all": "list.all(x, …)", "any": "list.exists(x, …)", "none": "!list.exists(x, …)", "one": "list.exists_one(x, …)",
	"filter": "list.filter(x, …)", "map": "list.map(x, …)",
	".any": "exists(x, …)", ".some": "exists(x, …)", ".every": "all(x, …)", ".none": "!list.exists(x, …)", ".one": "exists_one(x, …)",
	".length": "size()", ".len": "size()", ".count": "filter(x, …).size()", ".includes": "x in list", ".find": "filter(x, …)",
}
