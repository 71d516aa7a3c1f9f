package casework_test

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/tongban/tongban/engine/dictionary"
	"github.com/tongban/tongban/engine/item"
	"github.com/tongban/tongban/engine/plan"
	"github.com/tongban/tongban/rules/calendar"
	"github.com/tongban/tongban/runtime/casework"
	"github.com/tongban/tongban/runtime/licence"
	"github.com/tongban/tongban/seeds/residents"
)

// TestPrefill opens a draft of every item for every resident of the showcase and works out from the records alone, source by
// source as the dictionary names them, what each field must show: the value, where it came from, and whether it may be changed.
func TestPrefill(t *testing.T) {
	plans := seedPlans(t)
	items, err := casework.NewCatalogue(plans)
	if err != nil {
		t.Fatal(err)
	}
	c := open(t, items)
	const today = "2026-11-16"
	c.moveTo(today, "09:30")
	showcase := residents.New(1, calendar.Must(2026, 11, 16)).Showcase()
	var people []licence.Resident
	var cards []licence.Record
	for _, p := range showcase {
		holder := licence.Person{IDType: p.IDType, IDNumber: p.IDNumber}
		people = append(people, licence.Resident{Person: holder, Values: p.Values, AsOf: p.AsOf})
		for _, l := range p.Licences {
			cards = append(cards, licence.Record{Identifier: l.Identifier, Type: l.Type, Number: l.Number, Holder: holder, IssuedOn: l.IssuedOn,
				ValidTo: l.ValidTo, Status: licence.Status(l.Status), Face: l.Face})
		}
	}
	if err := licence.NewLibrary(c.store, c.now, c.ids).Import(t.Context(), people, cards); err != nil {
		t.Fatal(err)
	}
	kinds := map[string]int{}
	for _, p := range plans {
		def := p.Definition()
		elements := elementsOf(def)
		for _, who := range showcase {
			d, err := c.OpenDraft(t.Context(), clerk, casework.OpenDraft{ID: c.newID(), Item: def.Code, IDType: who.IDType, IDNumber: who.IDNumber, Purpose: "演示"})
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range d.Outcome.Sections {
				for _, f := range s.Fields {
					e, ok := elements[f.Path]
					if !ok || f.Computed {
						continue
					}
					value, kind := onRecord(e, who, today)
					switch {
					case value == nil && f.Source != nil && f.Source.Kind != "person":
						t.Errorf("%s, %s: %s comes from %+v, which has nothing", def.Code, who.Name, f.Path, f.Source)
					case value == nil:
					case f.State != "known" || !same(f.Value, value) || f.Source == nil || f.Source.Kind != kind:
						t.Errorf("%s, %s: %s is %s %s from %+v, want %s from the %s", def.Code, who.Name, f.Path, f.State, f.Value, f.Source, value, kind)
					case f.Editable == e.Locked:
						t.Errorf("%s, %s: %s may be changed: %v", def.Code, who.Name, f.Path, f.Editable)
					default:
						kinds[kind]++
					}
				}
			}
			for _, key := range []string{"applicant.id_type", "applicant.id_number"} {
				if f := field(d, key); f.State != "known" || f.Editable {
					t.Errorf("%s, %s: %s is asked: %+v", def.Code, who.Name, key, f)
				}
			}
		}
	}
	if kinds["register"] == 0 || kinds["licence"] == 0 {
		t.Errorf("fields filled: %v", kinds)
	}
	t.Logf("fields filled, by source: %v", kinds)
}

// elementsOf maps the fields of an item that are the applicant's, or the case's, to their data elements.
func elementsOf(def *item.Definition) map[string]*dictionary.Element {
	out := map[string]*dictionary.Element{}
	for _, use := range def.Use {
		g, ok := dict().Group(strings.TrimSuffix(use, "?"))
		if !ok || g.Party && g.Key != applicantGroup {
			continue
		}
		for _, m := range g.Elements {
			if e, ok := dict().Element(m.Element); ok {
				if len(m.Sources) > 0 {
					own := *e
					own.Sources, own.Locked = m.Sources, m.Locked
					e = &own
				}
				out[g.Key+"."+m.Name()] = e
			}
		}
	}
	for _, f := range def.Fields {
		if e, ok := dict().Element(f.Element); ok {
			out["form."+f.Key] = e
		}
	}
	return out
}

// onRecord finds what the first source of an element that has anything says of a resident.
func onRecord(e *dictionary.Element, who residents.Person, today string) (value json.RawMessage, kind string) {
	for _, s := range e.Sources {
		parts := strings.Split(s, ".")
		if parts[0] == "resident" {
			switch parts[1] {
			case "id_type":
				value = quote(who.IDType)
			case "id_number":
				value = quote(who.IDNumber)
			default:
				value = who.Values[parts[1]]
			}
			kind = "register"
		} else {
			i := slices.IndexFunc(who.Licences, func(l residents.Licence) bool {
				return l.Type == parts[1] && l.Status == "valid" && l.IssuedOn <= today && (l.ValidTo == "" || today <= l.ValidTo)
			})
			if i < 0 {
				continue
			}
			switch l := who.Licences[i]; parts[2] {
			case "number":
				value = quote(l.Number)
			case "valid_to":
				if l.ValidTo != "" {
					value = quote(l.ValidTo)
				}
			default:
				value = l.Face[parts[2]]
			}
			kind = "licence"
		}
		if value != nil {
			return value, kind
		}
	}
	return nil, ""
}

func same(a, b json.RawMessage) bool {
	var x, y bytes.Buffer
	return json.Compact(&x, a) == nil && json.Compact(&y, b) == nil && bytes.Equal(x.Bytes(), y.Bytes())
}

// TestIdentityIsFixed: who the application is for is settled when it is opened, even for somebody whom no register knows;
// other parties say who they are.
func TestIdentityIsFixed(t *testing.T) {
	plans := seedPlans(t)
	items, err := casework.NewCatalogue(plans)
	if err != nil {
		t.Fatal(err)
	}
	c := open(t, items)
	c.moveTo("2026-03-02", "09:30")
	request := c.request(3) // in no register
	d, err := c.OpenDraft(t.Context(), clerk, request)
	if err != nil {
		t.Fatal(err)
	}
	if f := field(d, "applicant.id_number"); f.Editable || !same(f.Value, quote(request.IDNumber)) || !f.Required {
		t.Errorf("the applicant's number: %+v", f)
	}
	agent := `{"agent":{"id_type":"resident-id","id_number":"` + person(0).IDNumber + `"}}`
	if d, err = c.SaveDraft(t.Context(), clerk, d.ID, d.Revision, json.RawMessage(agent)); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"agent.id_type", "agent.id_number"} {
		if f := field(d, key); !f.Editable || f.Source == nil || f.Source.Kind != "person" {
			t.Errorf("%s is not asked: %+v, from %+v", key, f, f.Source)
		}
	}
	if slices.ContainsFunc(d.Outcome.Problems, func(p plan.Problem) bool { return p.Severity == "error" }) {
		t.Errorf("problems %+v", d.Outcome.Problems)
	}
}
