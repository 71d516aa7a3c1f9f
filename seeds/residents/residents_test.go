package residents_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/tongban/tongban/rules/calendar"
	"github.com/tongban/tongban/rules/ident"
	"github.com/tongban/tongban/seeds/residents"
)

var asOf = calendar.Must(2026, 11, 23)

func digest(t *testing.T, seed uint64, n int) string {
	t.Helper()
	h := sha256.New()
	enc := json.NewEncoder(h)
	for r := range residents.New(seed, asOf).People(n) {
		if err := enc.Encode(r); err != nil {
			t.Fatal(err)
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}

func TestTheSameSeedGivesTheSamePeople(t *testing.T) {
	if a, b := digest(t, 1, 2000), digest(t, 1, 2000); a != b {
		t.Errorf("seed 1 gave %s, then %s", a, b)
	}
	if a, b := digest(t, 1, 2000), digest(t, 2, 2000); a == b {
		t.Error("seeds 1 and 2 gave the same people")
	}
}

func TestMorePeopleBeginWithTheSamePeople(t *testing.T) {
	city := residents.New(7, asOf)
	few := slices.Collect(city.People(300))
	if len(few) != 300 {
		t.Fatalf("asked for 300 people, got %d", len(few))
	}
	i := 0
	for r := range city.People(900) {
		if i < len(few) && r.IDNumber != few[i].IDNumber {
			t.Fatalf("person %d is %s of 300, but %s of 900", i, few[i].IDNumber, r.IDNumber)
		}
		i++
	}
	for range city.People(0) {
		t.Error("asked for nobody, got somebody")
	}
}

func TestEveryNumberIsValidAndUnique(t *testing.T) {
	ids, licences := map[string]bool{}, map[string]bool{}
	for r := range residents.New(1, asOf).People(6_000) {
		id, err := ident.ParseID(r.IDNumber)
		if err != nil || id.Division != residents.Prefix {
			t.Fatalf("identity number %s: division %s, %v", r.IDNumber, id.Division, err)
		}
		if id.Birth.After(asOf) {
			t.Errorf("%s is born after %s", r.IDNumber, asOf)
		}
		if ids[r.IDNumber] {
			t.Errorf("identity number %s stands twice", r.IDNumber)
		}
		ids[r.IDNumber] = true
		for _, key := range []string{"phone", "contact_phone"} {
			if phone := text(t, r.Values[key]); phone != "" {
				if _, err := ident.ParseMobile(phone); err != nil {
					t.Errorf("%s of %s is %s: %v", key, r.IDNumber, phone, err)
				}
			}
		}
		for _, l := range r.Licences {
			if _, err := ident.ParseLicenceID(l.Identifier); err != nil {
				t.Errorf("%s of %s is %s: %v", l.Type, r.IDNumber, l.Identifier, err)
			}
			if licences[l.Identifier] {
				t.Errorf("licence %s stands twice", l.Identifier)
			}
			licences[l.Identifier] = true
			if l.ValidTo != "" && (l.ValidTo < l.IssuedOn || (l.ValidTo < asOf.String()) != (l.Status == "expired")) {
				t.Errorf("%s of %s runs %s to %s and is %s", l.Type, r.IDNumber, l.IssuedOn, l.ValidTo, l.Status)
			}
			if l.IssuedOn > asOf.String() || l.IssuedOn < id.Birth.String() {
				t.Errorf("%s of %s was issued on %s", l.Type, r.IDNumber, l.IssuedOn)
			}
			checkFace(t, r, l)
		}
	}
}

func checkFace(t *testing.T, r residents.Resident, l residents.Licence) {
	t.Helper()
	var err error
	switch l.Type {
	case "social_security_card":
		_, err = ident.ParseBankCard(text(t, l.Face["bank_account"]))
	case "disability_card":
		_, err = ident.ParseDisabilityCard(l.Number)
	case "business_licence":
		_, err = ident.ParseUSCC(l.Number)
	case "hukou_book":
		if text(t, l.Face["division"]) != text(t, r.Values["hukou_division"]) {
			err = fmt.Errorf("register and household book disagree")
		}
	}
	if err != nil {
		t.Errorf("%s of %s: %v", l.Type, r.IDNumber, err)
	}
}

func text(t *testing.T, raw json.RawMessage) string {
	t.Helper()
	if raw == nil {
		return ""
	}
	var s string
	if err := json.Unmarshal(raw, &s); err != nil {
		t.Fatalf("%s is no text: %v", raw, err)
	}
	return s
}

// The shares that the demo's cases live on: old people, people from elsewhere, minority names, licences that are there, ran
// out or are missing.
func TestTheCityIsMixed(t *testing.T) {
	const n = 8_000
	count := map[string]int{}
	for r := range residents.New(1, asOf).People(n) {
		id, err := ident.ParseID(r.IDNumber)
		if err != nil {
			t.Fatal(err)
		}
		switch age := id.Birth.YearsTo(asOf); {
		case age >= 80:
			count["80 and over"]++
			fallthrough
		case age >= 60:
			count["60 and over"]++
		case age < 16:
			count["under 16"]++
		}
		if id.Sex() == ident.Female {
			count["women"]++
		}
		if !strings.HasPrefix(text(t, r.Values["hukou_division"]), "5104") {
			count["from elsewhere"]++
		}
		name := text(t, r.Values["name"])
		if strings.Contains(name, "·") {
			count["with a dot"]++
		}
		if strings.ContainsFunc(name, func(c rune) bool { return utf8.RuneLen(c) == 4 }) {
			count["with a rare character"]++
		}
		has := map[string]string{}
		for _, l := range r.Licences {
			has[l.Type] = l.Status
		}
		if has["id_card"] == "" {
			count["without identity card"]++
		}
		for kind, status := range has {
			count[kind]++
			if status == "expired" {
				count["expired"]++
			}
		}
	}
	for what, share := range map[string][2]float64{ // of all people, per cent
		"80 and over": {2, 10}, "60 and over": {15, 35}, "under 16": {8, 25}, "women": {44, 56}, "from elsewhere": {4, 15},
		"with a dot": {5, 20}, "with a rare character": {0.05, 1}, "without identity card": {4, 25}, "expired": {0.5, 10},
		"disability_card": {4, 10}, "low_income_certificate": {2, 6}, "residence_registration": {4, 15}, "residence_permit": {1, 6},
		"lease_contract": {1, 6}, "student_record": {4, 16}, "marriage_certificate": {15, 50},
	} {
		if p := 100 * float64(count[what]) / n; p < share[0] || p > share[1] {
			t.Errorf("%s: %.2f%% of the people, want %v%% to %v%%", what, p, share[0], share[1])
		}
	}
}

func TestShowcaseIsFixed(t *testing.T) {
	want := map[string]string{
		"李秀英": "80", "张国强": "79", "沙马·尔布": "89", "吉克·阿果": "101", "孙玉兰": "82", "周子轩": "15",
	}
	city := residents.New(3, asOf)
	var numbers []string
	for _, p := range city.Showcase() {
		id, err := ident.ParseID(p.IDNumber)
		if err != nil {
			t.Fatalf("%s: %v", p.Name, err)
		}
		if age, ok := want[p.Name]; ok && fmt.Sprint(id.Birth.YearsTo(asOf)) != age {
			t.Errorf("%s is %d, want %s", p.Name, id.Birth.YearsTo(asOf), age)
		}
		delete(want, p.Name)
		if p.Story.Zh == "" || p.Story.En == "" {
			t.Errorf("%s has no story in both languages", p.Name)
		}
		numbers = append(numbers, p.IDNumber)
		if at := text(t, p.Values["residence_registered_on"]); p.Name == "陈晓燕" && at != "2026-04-23" {
			t.Errorf("陈晓燕 registered on %s, want seven months before %s", at, asOf)
		}
	}
	if len(want) > 0 {
		t.Errorf("not among the showcase: %v", want)
	}
	for i, later := range residents.New(99, calendar.Must(2027, 2, 1)).Showcase() {
		if later.IDNumber != numbers[i] {
			t.Errorf("the number of %s changes with seed or day", later.Name)
		}
	}
}

func BenchmarkPeople(b *testing.B) {
	n := 0
	for range residents.New(1, asOf).People(b.N) {
		n++
	}
	b.ReportMetric(float64(n), "people")
}
