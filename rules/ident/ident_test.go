package ident_test

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/tongban/tongban/rules/calendar"
	"github.com/tongban/tongban/rules/diag"
	"github.com/tongban/tongban/rules/ident"
)

// readers say, for each kind of number, its canonical form and what it tells.
var readers = map[string]func(string) (canonical, says string, err error){
	"id": func(s string) (string, string, error) {
		id, err := ident.ParseID(s)
		return id.Number, fmt.Sprint(id.Kind(), " ", id.Sex(), " ", id.Birth, " ", id.Division), err
	},
	"uscc": func(s string) (string, string, error) {
		u, err := ident.ParseUSCC(s)
		says := fmt.Sprint(u.Kind, " ", u.Division, " ", u.Organisation)
		if u.Doubt() != nil {
			says += " doubtful"
		}
		return u.Number, says, err
	},
	"licence": func(s string) (string, string, error) {
		id, err := ident.ParseLicenceID(s)
		if err != nil {
			return "", "", err
		}
		return id.String(), fmt.Sprint(id.Type, " ", id.Issuer, " ", id.Serial, " ", id.Version), nil
	},
	"disability": func(s string) (string, string, error) {
		c, err := ident.ParseDisabilityCard(s)
		return c.Number, fmt.Sprint(c.ID.Number, " ", c.Category, " ", c.Grade, " ", c.Reissue), err
	},
	"mobile": func(s string) (string, string, error) { n, err := ident.ParseMobile(s); return n, "", err },
	"phone":  func(s string) (string, string, error) { n, err := ident.ParsePhone(s); return n, "", err },
	"bank":   func(s string) (string, string, error) { n, err := ident.ParseBankCard(s); return n, "", err },
	"division": func(s string) (string, string, error) {
		d, err := ident.ParseDivision(s)
		return string(d), string(d.Level()), err
	},
}

func rows(t *testing.T, file string) [][]string {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows[1:]
}

func TestNumbers(t *testing.T) {
	for _, row := range rows(t, "testdata/numbers.csv") {
		what, input, want, says, why := row[0], row[1], row[2], row[3], row[4]
		got, tells, err := readers[what](input)
		if err != nil {
			var wrong *ident.Error
			if !errors.As(err, &wrong) {
				t.Errorf("%s %q: an untyped error %v", what, input, err)
				continue
			}
			tells = wrong.Code()
		}
		if got != want || tells != says {
			t.Errorf("%s %q = %q, %q; want %q, %q (%s)", what, input, got, tells, want, says, why)
		}
		if err == nil {
			if again, _, err := readers[what](got); again != got || err != nil {
				t.Errorf("%s: the canonical form %q is read as %q, %v", what, got, again, err)
			}
		}
	}
}

// TestEverySlipIsCaught changes each character of valid numbers, and exchanges neighbours: what the check characters promise.
func TestEverySlipIsCaught(t *testing.T) {
	for _, test := range []struct {
		what, number, alphabet string
		exchanges              bool
	}{
		{"id", "510499194403050013", "0123456789", true},
		{"uscc", "54510402MF9Y000109", "0123456789ABCDEFGHJKLMNPQRTUWXY", true},
		{"licence", "11100000000013338W009.11330105002500287C.2025052201.002.0", "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", true},
		{"bank", "4532015112830366", "0123456789", false}, // Luhn misses 09 for 90
	} {
		read := readers[test.what]
		for i := range len(test.number) {
			for _, c := range test.alphabet {
				wrong := test.number[:i] + string(c) + test.number[i+1:]
				if _, _, err := read(wrong); wrong != test.number && err == nil {
					t.Errorf("%s: %s passes for %s", test.what, wrong, test.number)
				}
			}
			if !test.exchanges || i == 0 || test.number[i] == test.number[i-1] {
				continue
			}
			wrong := test.number[:i-1] + test.number[i:i+1] + test.number[i-1:i] + test.number[i+1:]
			if _, _, err := read(wrong); err == nil {
				t.Errorf("%s: %s passes for %s", test.what, wrong, test.number)
			}
		}
	}
}

// TestMadeNumbersAreRead reads what the makers make.
func TestMadeNumbersAreRead(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	const alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
	for range 2000 {
		birth, ok := calendar.Of(1900+r.IntN(130), time.Month(1+r.IntN(12)), 1+r.IntN(28))
		if !ok {
			t.Fatal("no such day")
		}
		sequence := r.IntN(1000)
		number, err := ident.NewID("510499", birth, sequence)
		if err != nil {
			t.Fatal(err)
		}
		id, err := ident.ParseID(number)
		if err != nil || id.Birth != birth || id.Sequence != sequence || id.Number != number || (id.Sex() == ident.Male) != (sequence%2 == 1) {
			t.Fatalf("made %s, read %+v, %v", number, id, err)
		}

		card, err := ident.NewDisabilityCard(number, 1+r.IntN(7), 1+r.IntN(4))
		if err != nil {
			t.Fatal(err)
		}
		if read, err := ident.ParseDisabilityCard(card); err != nil || read.ID != id {
			t.Fatalf("made %s, read %+v, %v", card, read, err)
		}

		organisation := make([]byte, 8)
		for i := range organisation {
			organisation[i] = alphabet[r.IntN(len(alphabet))]
		}
		code, err := ident.NewUSCC("54", "510402", string(organisation))
		if err != nil {
			t.Fatal(err)
		}
		uscc, err := ident.ParseUSCC(code)
		if err != nil || uscc.Doubt() != nil || uscc.Kind != "54" || uscc.Division != "510402" || uscc.Organisation[:8] != string(organisation) {
			t.Fatalf("made %s, read %+v, %v", code, uscc, err)
		}

		licence := ident.LicenceID{Type: code + "001", Issuer: code, Serial: fmt.Sprint(r.Uint64()), Version: "001"}
		whole, err := ident.NewLicenceID(licence)
		if err != nil || !strings.HasPrefix(whole, ident.LicenceRoot+".") {
			t.Fatalf("%+v is %q, %v", licence, whole, err)
		}
		if read, err := ident.ParseLicenceID(whole); err != nil || read != licence {
			t.Fatalf("made %s, read %+v, %v", whole, read, err)
		}

		account, err := ident.NewBankCard(fmt.Sprintf("622202%012d", r.IntN(1e12)))
		if err != nil {
			t.Fatal(err)
		}
		if read, err := ident.ParseBankCard(account); err != nil || read != account {
			t.Fatalf("made %s, read %s, %v", account, read, err)
		}
	}
}

func TestMakersRefuse(t *testing.T) {
	birth := calendar.Must(1990, 1, 1)
	for name, test := range map[string]struct {
		want string
		make func() (string, error)
	}{
		"a short division":      {ident.CodeLength, func() (string, error) { return ident.NewID("51049", birth, 1) }},
		"a lettered division":   {ident.CodeCharacter, func() (string, error) { return ident.NewID("51049A", birth, 1) }},
		"no birth date":         {ident.CodeIDBirthDate, func() (string, error) { return ident.NewID("510499", calendar.Date{}, 1) }},
		"sequence 1000":         {ident.CodeSequence, func() (string, error) { return ident.NewID("510499", birth, 1000) }},
		"sequence -1":           {ident.CodeSequence, func() (string, error) { return ident.NewID("510499", birth, -1) }},
		"a long kind":           {ident.CodeLength, func() (string, error) { return ident.NewUSCC("545", "10402", "MF9Y0001") }},
		"a letter I":            {ident.CodeCharacter, func() (string, error) { return ident.NewUSCC("54", "510402", "MF9I0001") }},
		"a licence of no type":  {ident.CodeLicenceForm, func() (string, error) { return ident.NewLicenceID(ident.LicenceID{}) }},
		"a dot in the serial":   {ident.CodeCharacter, func() (string, error) { return ident.NewLicenceID(ident.LicenceID{Serial: "1.2"}) }},
		"grade 5":               {ident.CodeDisabilityGrade, func() (string, error) { return ident.NewDisabilityCard("510499194403050013", 1, 5) }},
		"category 10":           {ident.CodeLength, func() (string, error) { return ident.NewDisabilityCard("510499194403050013", 10, 1) }},
		"a bank card of a word": {ident.CodeCharacter, func() (string, error) { return ident.NewBankCard("mybankcard") }},
	} {
		got, err := test.make()
		var wrong *ident.Error
		if !errors.As(err, &wrong) || wrong.Code() != test.want || got != "" {
			t.Errorf("%s: %q, %v; want %s", name, got, err, test.want)
		}
	}
}

func TestDivisions(t *testing.T) {
	parse := func(s string) ident.Division {
		d, err := ident.ParseDivision(s)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	for _, test := range []struct {
		code, ancestor string
		want           bool
	}{
		{"510402001", "510400", true},
		{"510402001", "510000", true},
		{"510402001901", "510402001", true},
		{"510402001901", "510402", true},
		{"510402", "510402", true},
		{"510400", "510402", false}, // the city is not in its district
		{"510402001", "510403", false},
		{"510402001", "510402002", false},
		{"510421", "510420", false},
		{"511300", "510400", false},
		{"442000001", "442000", true}, // a city without counties
		{"442000001", "441900", false},
		{"520402001", "510000", false},
		{"510402000000", "510402000", true},
	} {
		if got := parse(test.code).In(parse(test.ancestor)); got != test.want {
			t.Errorf("%s in %s = %v", test.code, test.ancestor, got)
		}
	}
	for _, test := range []struct{ code, county, street string }{
		{"510402001901", "510402", "510402001"},
		{"510402001", "510402", "510402001"},
		{"510402", "510402", ident.CodeDivisionLevel},
		{"510400", ident.CodeDivisionLevel, ident.CodeDivisionLevel},
		{"510000", ident.CodeDivisionLevel, ident.CodeDivisionLevel},
		{"442000001", "442000", "442000001"},
	} {
		for i, above := range []func() (ident.Division, error){parse(test.code).County, parse(test.code).Street} {
			got, err := above()
			said := string(got)
			var wrong *ident.Error
			if errors.As(err, &wrong) {
				said = wrong.Code()
			}
			if want := []string{test.county, test.street}[i]; said != want {
				t.Errorf("above %s: %s, want %s", test.code, said, want)
			}
		}
	}
}

func TestMasks(t *testing.T) {
	for _, test := range []struct {
		mask     func(string) string
		in, want string
	}{
		{ident.MaskName, "", ""},
		{ident.MaskName, "张", "*"},
		{ident.MaskName, "张三", "张*"},
		{ident.MaskName, "张小三", "张*三"},
		{ident.MaskName, "欧阳小明", "欧**明"},
		{ident.MaskName, "吉克·阿牛", "吉*·*牛"},
		{ident.MaskName, "阿苦·木呷", "阿*·*呷"},
		{ident.MaskName, "沙马·阿依·木各", "沙*·**·*各"},
		{ident.MaskName, "𠮷田三", "𠮷*三"},                                         // a four-byte character is one character
		{ident.MaskName, "葛\U000e0100小葛\U000e0101", "葛\U000e0100*葛\U000e0101"}, // with variation selectors
		{ident.MaskName, "John Smith", "J*** ****h"},
		{ident.MaskID, "510499194403050013", "5104**********0013"},
		{ident.MaskID, "51049919750630004X", "5104**********004X"},
		{ident.MaskID, "H12345678", "*********"}, // too short to show eight of nine
		{ident.MaskID, "", ""},
		{ident.MaskPhone, "13908125678", "139****5678"},
		{ident.MaskPhone, "0812-3334567", "0812-***4567"},
		{ident.MaskPhone, "028-86604567", "028-****4567"},
		{ident.MaskPhone, "110", "***"},
		{ident.MaskBankCard, "6222020000000000013", "***************0013"},
	} {
		if got := test.mask(test.in); got != test.want {
			t.Errorf("mask of %q = %q, want %q", test.in, got, test.want)
		}
	}
}

// TestCatalogue holds every error that the vectors provoke, and every code there is, to a text in both languages.
func TestCatalogue(t *testing.T) {
	check := func(code string, args map[string]string) {
		d := diag.Diagnostic{Code: code, Args: args}
		for _, text := range []string{d.Both().Zh, d.Both().En} {
			if text == "" || text == code || args != nil && strings.ContainsAny(text, "{}") {
				t.Errorf("%s %v: text %q", code, args, text)
			}
		}
	}
	provoked := map[string]bool{}
	see := func(err error) {
		var coded diag.Coded
		if errors.As(err, &coded) {
			provoked[coded.Code()] = true
			args := coded.Args()
			if args == nil {
				args = map[string]string{}
			}
			check(coded.Code(), args)
		}
	}
	for _, row := range rows(t, "testdata/numbers.csv") {
		_, _, err := readers[row[0]](row[1])
		see(err)
	}
	_, err := ident.NewID("510499", calendar.Must(1990, 1, 1), 1000)
	see(err)
	_, err = ident.Division("510400").County()
	see(err)
	doubtful, err := ident.ParseUSCC("54510402MF9Y00011C")
	if err != nil {
		t.Fatal(err)
	}
	see(doubtful.Doubt())

	// The codes in the source are exactly those that were provoked.
	source, err := fs.ReadFile(os.DirFS("."), "ident.go")
	if err != nil {
		t.Fatal(err)
	}
	codes := regexp.MustCompile(`= "(ident\.[a-z-]+)"`).FindAllStringSubmatch(string(source), -1)
	for _, m := range codes {
		if !provoked[m[1]] {
			t.Errorf("no test provokes %s", m[1])
		}
	}
	if len(codes) != len(provoked) {
		t.Errorf("%d codes declared, %d provoked", len(codes), len(provoked))
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"11010519491231002X", "54510402MF9Y000109", "51049919440305001342B1", "0812-3334567", "１３９", "·", "\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for what, read := range readers {
			got, _, err := read(s)
			var wrong *ident.Error
			if err != nil && !errors.As(err, &wrong) {
				t.Errorf("%s %q: untyped error %v", what, s, err)
			}
			if err == nil {
				if again, _, err := read(got); again != got || err != nil {
					t.Errorf("%s %q: canonical form %q is read as %q, %v", what, s, got, again, err)
				}
			}
		}
		if masked := ident.MaskName(s); strings.Count(masked, "*") == 0 && len([]rune(strings.Trim(s, "·•. "))) > 20 {
			t.Errorf("MaskName(%q) = %q hides nothing", s, masked)
		}
	})
}
