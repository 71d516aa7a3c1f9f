package formula

import "github.com/tongban/tongban/rules/source"

// habits are conditions' ways and those of other languages.
var habits = source.Habits{
	"null": "nil", "None": "nil", "undefined": "nil", "True": "true", "TRUE": "true", "False": "false", "FALSE": "false",
	"AND": "and", "&": "and", "OR": "or", "|": "or", "NOT": "not", "=": "==", "===": "==", "<>": "!=", "!==": "!=", "is": "==",
	"=>": "#, as in map(list, #.member)", "between": "a <= x and x <= b", "^": "x * x", "**": "x * x",
	"{…:…}": "a table of derive, or a ? b : c", "[…:…]": "take(drop(list, from), count), with from counted from 0",
	"switch": "a ? b : c", "case": "a ? b : c", "if": "a ? b : c", "IF": "a ? b : c", "iif": "a ? b : c", "coalesce": "a ?? b",
	"now": "today", "has": "present", "isNull": "not present(…)", "isPresent": "present",
	"size": "len", "length": "len", "exists": "any", "some": "any", "every": "all", "exists_one": "one", "slice": "take(drop(list, from), count)",
	"maxBy": "first(sortBy(list, .member, \"desc\"))", "minBy": "first(sortBy(list, .member))", "findLast": "find(reverse(list), condition)",
	"groupBy": "sum(filter(list, .key == k), .amount) for each k of uniq(map(list, .key))", "indexOf": "findIndex(list, # == x)",
	"int": "floor(number) or number_of(text)", "float": "number_of", "double": "number_of", "str": "string", "text": "string",
	".": "map(list, .member), as in max(map(list, .member))", "average": "mean", "avg": "mean", "add_weeks": "add_days(d, 7 * n)",
	".size": "len(list)", ".length": "len(list)", ".map": "map(list, .member)", ".filter": "filter(list, .member > 0)", ".exists": "any(list, .member > 0)",
	".some": "any(list, .member > 0)", ".all": "all(list, .member > 0)", ".every": "all(list, .member > 0)", ".exists_one": "one(list, .member > 0)",
	".contains": "text contains part", ".startsWith": "text startsWith part", ".endsWith": "text endsWith part", ".includes": "value in list",
}
