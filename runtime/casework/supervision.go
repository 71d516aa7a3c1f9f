package casework

import (
	"slices"

	"github.com/tongban/tongban/engine/plan"
	"github.com/tongban/tongban/runtime/casefile"
)

// A supervisor watches the cases that any office inside the division of their own office received or has on its way, as far as
// the item belongs to one of their office's departments; an office without departments, a service window, watches over every
// line. Watching is reading: no act is ever allowed by it.

// watches reports whether somebody supervises one of the offices of a case.
func (s *Service) watches(by Actor, st casefile.State) bool {
	if !slices.Contains(by.Roles, RoleSupervisor) {
		return false
	}
	department := s.authority(st.Item.Code, st.ReceivedOn)
	return s.watchesOffice(by, st.ReceivedBy.Office, department) ||
		slices.ContainsFunc(st.Route, func(stage plan.Stage) bool { return s.watchesOffice(by, stage.Office, department) })
}

// watchesOffice reports whether somebody supervises what an office does for a department.
func (s *Service) watchesOffice(by Actor, office, department string) bool {
	own, ok := s.Dictionary.Office(by.Office)
	if !ok || !slices.Contains(by.Roles, RoleSupervisor) {
		return false
	}
	other, ok := s.Dictionary.Office(office)
	return ok && s.within(other.Division, own.Division) &&
		(len(own.Departments) == 0 || slices.Contains(own.Departments, department))
}

// watched lists the other offices somebody supervises: those inside the division that work for one of the departments, and
// the windows, which take cases for all.
func (s *Service) watched(by Actor) []OfficeRef {
	if !slices.Contains(by.Roles, RoleSupervisor) {
		return nil
	}
	own, ok := s.Dictionary.Office(by.Office)
	if !ok {
		return nil
	}
	var out []OfficeRef
	for i := range s.Dictionary.Offices() {
		o := &s.Dictionary.Offices()[i]
		shared := len(own.Departments) == 0 || o.Window ||
			slices.ContainsFunc(o.Departments, func(d string) bool { return slices.Contains(own.Departments, d) })
		if o.Key != own.Key && shared && s.within(o.Division, own.Division) {
			out = append(out, OfficeRef{Key: o.Key, Name: o.Name})
		}
	}
	return out
}

// authority is the department an item belonged to on a day; empty if the item is not known for it.
func (s *Service) authority(code, day string) string {
	p, err := s.Items.Current(code, day)
	if err != nil {
		return ""
	}
	return p.Definition().Authority
}
