package casework_test

import (
	"encoding/json"
	"testing"

	"github.com/tongban/tongban/engine/plan"
	"github.com/tongban/tongban/runtime/casework"
	"github.com/tongban/tongban/runtime/licence"
)

// TestPeople names a member of the household in a row: that person's licences fill in the row and stand for documents; the
// register is not asked about somebody who is no party.
func TestPeople(t *testing.T) {
	items, err := casework.NewCatalogue(seedPlans(t))
	if err != nil {
		t.Fatal(err)
	}
	c := open(t, items)
	member := person(2)
	id := card("id_card", 2, "valid", "")
	id.Face = map[string]json.RawMessage{"name": quote("张三")}
	if err := licence.NewLibrary(c.store, c.now, c.ids).Import(t.Context(), []licence.Resident{member}, []licence.Record{id, card("disability_card", 2, "valid", "")}); err != nil {
		t.Fatal(err)
	}
	const allowance = "512B0003600029"
	d, err := c.OpenDraft(t.Context(), clerk, casework.OpenDraft{ID: c.newID(), Item: allowance, IDType: person(0).IDType, IDNumber: person(0).IDNumber, Purpose: "低保"})
	if err != nil {
		t.Fatal(err)
	}
	answers := []byte(`{"form": {"members": [{"id_number": "` + member.IDNumber + `", "relation": "spouse", "whereabouts": "home", "disability": "severe", "ill": false}]}}`)
	d, err = c.SaveDraft(t.Context(), clerk, d.ID, d.Revision, answers)
	if err != nil {
		t.Fatal(err)
	}
	cells := map[string]plan.Cell{}
	for _, cell := range field(d, "form.members").Rows[0].Cells {
		cells[cell.Column] = cell
	}
	if name := cells["name"]; string(name.Value) != `"张三"` || name.Source.Kind != "licence" || name.Editable {
		t.Errorf("the name is %+v", name)
	}
	if born := cells["birth_date"]; string(born.Value) != `"1940-01-03"` {
		t.Errorf("born on %s", born.Value)
	}
	for _, m := range d.Outcome.Materials {
		if m.ID == "disability-card#1" && (m.Satisfied == nil || m.Satisfied.By != "licence") {
			t.Errorf("the card on record does not count: %+v", m.Satisfied)
		}
	}
}
