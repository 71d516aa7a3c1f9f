// Package residents makes the people of the demo city: households with identity numbers, registers and e-licences, as many
// as asked for, the same for the same seed. Nobody in it exists: every identity number begins with 510499, a division code
// that was never assigned.
//
// People are made one household at a time, so that a city of 1.1 million can be written to a store without ever being held.
package residents

import (
	"encoding/json"
	"fmt"
	"iter"
	"math/rand/v2"

	"github.com/tongban/tongban/rules/calendar"
	"github.com/tongban/tongban/rules/ident"
)

// Prefix is the unassigned division in which every made-up identity number is registered.
const Prefix = "510499"

// Resident is what the resident register has of a person, and the person's licences.
type Resident struct {
	IDType   string                     // "resident-id"
	IDNumber string                     // GB 11643, unique among all residents of a City
	Values   map[string]json.RawMessage // by key of a data element
	AsOf     string                     // when the record was last confirmed, YYYY-MM-DD
	Licences []Licence
}

// Licence is one e-licence. Inside its dates does not mean in force: Status says what the issuer says.
type Licence struct {
	Identifier string // GB/T 36904, with a valid check character
	Type       string // key of a dictionary licence type
	Number     string
	IssuedOn   string // YYYY-MM-DD
	ValidTo    string // last day; empty: without end
	Status     string // "valid", "expired", "cancelled", "lost"
	Face       map[string]json.RawMessage
}

// City makes residents as of a day: ages, licences and registrations are those of that day.
type City struct {
	seed uint64
	asOf calendar.Date
	geo  *geography
}

// New returns the city of a seed as of a day.
func New(seed uint64, asOf calendar.Date) *City {
	return &City{seed: seed, asOf: asOf, geo: loadGeography()}
}

// People yields n residents: first those of Showcase, then made-up households, the last of which may be cut short. The
// first k residents are the same whatever n is.
func (c *City) People(n int) iter.Seq[Resident] {
	return func(yield func(Resident) bool) {
		left := n
		for _, s := range c.Showcase() {
			if left == 0 {
				return
			}
			if left--; !yield(s.Resident) {
				return
			}
		}
		numbers := numbering{used: map[day]int{}}
		for i := uint64(0); left > 0; i++ {
			for _, r := range c.household(i, &numbers) {
				if left == 0 {
					return
				}
				if left--; !yield(r) {
					return
				}
			}
		}
	}
}

// numbering hands out identity numbers: for each birth date and sex the next free sequence.
type numbering struct {
	used    map[day]int
	ordinal int // of the person, for serial numbers
}

type day struct {
	date   calendar.Date
	female bool
}

// Sequences from firstReserved on belong to the showcase.
const firstReserved = 900

// next returns a number for the birth date, or for a day soon after it when that day's numbers are all taken.
func (n *numbering) next(birth calendar.Date, female bool) (string, calendar.Date) {
	n.ordinal++
	for {
		d := day{birth, female}
		sequence := 2*n.used[d] + 1
		if female {
			sequence++
		}
		if sequence < firstReserved {
			n.used[d]++
			return number(birth, sequence), birth
		}
		birth = shift(birth, 1)
	}
}

func number(birth calendar.Date, sequence int) string {
	id, err := ident.NewID(Prefix, birth, sequence)
	if err != nil {
		panic(err) // every date and every sequence below 1000 has a number
	}
	return id
}

func shift(d calendar.Date, days int) calendar.Date {
	out, err := d.AddDays(days)
	if err != nil {
		panic(err) // nobody here lives near the years 1 or 9999
	}
	return out
}

// member is a person in the making.
type member struct {
	name, ethnic string
	birth        calendar.Date
	female       bool
	id           string
	ordinal      int
	phone        string
}

// home is a household in the making.
type home struct {
	index    uint64
	migrant  bool
	rural    bool
	hukou    string // division; a county elsewhere for migrants
	lives    string // division
	address  string
	county   string // of residence
	since    calendar.Date
	members  []member
	lowGrant int // monthly minimum living allowance in fen, 0 for none
}

// registeredOn is when a member of a household from elsewhere was registered: on arrival, or at birth.
func (h *home) registeredOn(p *member) calendar.Date { return later(h.since, p.birth) }

// household makes the i-th household. Its randomness depends on the seed and i alone.
func (c *City) household(i uint64, numbers *numbering) []Resident {
	r := rand.New(rand.NewPCG(c.seed, i))
	h := c.home(r, i)
	for k, p := range c.people(r, &h) {
		p.id, p.birth = numbers.next(p.birth, p.female)
		p.ordinal = numbers.ordinal
		// A telephone is often a family's; the very old and the young often have none.
		if age := c.age(p.birth); k == 0 || age >= 14 && age < 75 && r.IntN(10) < 9 {
			p.phone = fmt.Sprintf("19%d%08d", k%10, i%100_000_000)
		}
		h.members = append(h.members, p)
	}
	out := make([]Resident, len(h.members))
	for k := range h.members {
		out[k] = c.resident(r, &h, k)
	}
	return out
}

// home decides where a household is registered and where it lives.
func (c *City) home(r *rand.Rand, i uint64) home {
	place := c.geo.pick(r)
	h := home{index: i, lives: place.code, hukou: place.code, county: place.code[:6], rural: place.rural, address: address(r)}
	switch roll := r.IntN(100); {
	case roll < 9: // from elsewhere
		h.migrant = true
		h.hukou = elsewhere[r.IntN(len(elsewhere))]
		h.rural = r.IntN(3) > 0
		h.since = shift(c.asOf, -r.IntN(6*365))
	case roll < 20: // registered in one place of the city, living in another
		h.hukou = c.geo.pick(r).code
	}
	if !h.migrant && r.IntN(100) < 4 {
		h.lowGrant = (20 + r.IntN(80)) * 1000
	}
	return h
}

// people decides who lives together. Ages follow a city in which one in four is over sixty.
func (c *City) people(r *rand.Rand, h *home) []member {
	minority := h.rural && r.IntN(100) < 30 || r.IntN(100) < 6
	family := surname(r, minority)
	born := func(low, high int) calendar.Date {
		return shift(c.asOf, -low*365-low/4-r.IntN((high-low)*365))
	}
	adult := func(low, high int, female bool) member {
		return c.named(r, family, minority, born(low, high), female)
	}
	spouse := func(of member) member {
		p := c.named(r, surname(r, minority), minority, shift(of.birth, r.IntN(2400)-1200), !of.female)
		return p
	}
	var out []member
	head := func(low, high int) member {
		p := adult(low, high, r.IntN(3) == 0)
		out = append(out, p)
		return p
	}
	children := func(parent member, most int) {
		for range r.IntN(most + 1) {
			age := c.age(parent.birth) - 22 - r.IntN(14)
			if age >= 0 && age < 26 {
				out = append(out, c.named(r, family, minority, shift(c.asOf, -age*365-r.IntN(365)), r.IntN(2) == 0))
			}
		}
	}
	kind := r.IntN(100)
	switch {
	case h.migrant && kind < 55:
		head(18, 45)
	case h.migrant:
		p := head(24, 48)
		out = append(out, spouse(p))
		children(p, 2)
	case kind < 14: // an old person alone
		head(62, 100)
	case kind < 34: // an old couple
		out = append(out, spouse(head(58, 92)))
	case kind < 46: // one person
		head(20, 60)
	case kind < 84: // parents and children
		p := head(26, 54)
		out = append(out, spouse(p))
		children(p, 2)
	default: // three generations
		p := head(30, 52)
		out = append(out, spouse(p))
		children(p, 2)
		out = append(out, c.named(r, family, minority, shift(p.birth, -22*365-r.IntN(10*365)), r.IntN(2) == 0))
	}
	return out
}

func (c *City) age(birth calendar.Date) int { return birth.YearsTo(c.asOf) }

func (c *City) named(r *rand.Rand, family string, minority bool, birth calendar.Date, female bool) member {
	if birth.After(c.asOf) {
		birth = c.asOf
	}
	p := member{birth: birth, female: female}
	p.name, p.ethnic = fullName(r, family, minority, female, c.age(birth))
	return p
}

// resident writes down what is known of a member.
func (c *City) resident(r *rand.Rand, h *home, k int) Resident {
	p := &h.members[k]
	out := Resident{IDType: "resident-id", IDNumber: p.id, AsOf: shift(c.asOf, -r.IntN(400)).String()}
	v := values{}
	v.text("name", p.name)
	v.text("ethnic_group", p.ethnic)
	v.text("hukou_division", h.hukou)
	v.text("hukou_kind", kindOf(h.rural))
	v.text("residence_division", h.lives)
	v.text("residence_address", h.address)
	v.number("household_size", len(h.members))
	dead := c.age(p.birth) > 75 && r.IntN(60) == 0
	v.truth("living", !dead)
	if p.phone != "" {
		v.text("phone", p.phone)
	} else if other := h.members[0]; k > 0 {
		v.text("contact_name", other.name)
		v.text("contact_phone", other.phone)
	}
	if h.migrant {
		v.text("residence_registered_on", h.registeredOn(p).String())
	}
	out.Values = v
	if !dead {
		out.Licences = c.licences(r, h, k)
	}
	return out
}

func kindOf(rural bool) string {
	if rural {
		return "rural"
	}
	return "urban"
}

// values are facts as the store keeps them.
type values map[string]json.RawMessage

func (v values) text(key, s string) {
	raw, err := json.Marshal(s)
	if err != nil {
		panic(err) // a string always marshals
	}
	v[key] = raw
}

func (v values) number(key string, n int) { v[key] = json.RawMessage(fmt.Sprint(n)) }

func (v values) truth(key string, b bool) { v[key] = json.RawMessage(fmt.Sprint(b)) }
