// Package table compiles decision tables: typed input columns, cells in the notation of DMN unary tests, and for each row a
// formula for every output. A table becomes an index over interval end points and values with one bitset of rows for each; evaluating
// it looks every column up and intersects the bitsets.
//
// # Cells
//
//   - any value, absent included
//     80  "urban"  true       equal; = and == may be written
//     2026-01-01              a date; date("2026-01-01") is the same
//     >= 80  < 90  != 3       comparisons
//     [60..80)  (60..80]      intervals; ]60..80[ is open at both ends
//     "urban","rural"         any of them; each may be any test above
//     not("urban")            a value that none of them matches
//     null                    known to be absent
//     >= param.limit          any fact of the column's type may stand where a value may
//     <= 2 * param.limit      and any formula: sums, products, calls; others, such as x ? y : z, in brackets
//     form.streets            any of the values of a list of that type
//
// Absence must be named: a fact that is absent satisfies only "-" and null. In particular not("urban") asks for a value,
// and that value not to be "urban"; this is narrower than DMN, where null would slip into the rows written for others.
//
// # Outputs
//
// A table of several outputs is one selection of rows and, for each output, a Table over it: they have columns, index and
// analysis in common. The hit policies priority and output-order rank rows by outputs that are constants, so that rows are put
// in their order once, when the table is compiled; they then behave as first and rule-order do. An output that is nil gives no
// value: it is absent, and left out of lists and sums.
//
// # Three values
//
// An unknown input leaves every row possible that it could still select. If all values it may have lead to the same
// outcome, the table is decided; otherwise the result is unknown and names the facts that are missing. An absent input is
// an ordinary value where a column names null, where the table has a default, and where a policy collects; elsewhere the
// table says nothing about absence, and an absent input is an evaluation error unless it cannot change the outcome.
//
// The package imports facts, formula, money, diag and lang of ours.
package table
