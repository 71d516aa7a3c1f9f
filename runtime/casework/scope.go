package casework

import (
	"slices"

	"github.com/tongban/tongban/engine/dictionary"
	"github.com/tongban/tongban/engine/fault"
	"github.com/tongban/tongban/engine/item"
	"github.com/tongban/tongban/engine/plan"
)

// levels are the levels of divisions, lowest first.
var levels = []dictionary.Level{dictionary.LevelCommunity, dictionary.LevelStreet, dictionary.LevelCounty, dictionary.LevelCity}

// outOfScope says that an item is not taken at this window (通办范围): one of street or county scope is taken only inside the
// street or county that has jurisdiction, and the person is told where. An item of the city or wider is taken everywhere;
// taking it gives a window no say in it. While the jurisdiction is not known there is nothing to say.
func (s *Service) outOfScope(scope item.Scope, office string, route plan.Route) *fault.Error {
	var top dictionary.Level
	switch scope {
	case item.ScopeStreet:
		top = dictionary.LevelStreet
	case item.ScopeCounty:
		top = dictionary.LevelCounty
	default:
		return nil
	}
	window, ok := s.Dictionary.Office(office)
	if !ok || route.Jurisdiction == "" {
		return nil
	}
	area := s.around(route.Jurisdiction, top)
	if s.within(window.Division, area) {
		return nil
	}
	to, found := &dictionary.Office{}, false
	for _, l := range levels {
		if to, found = s.Dictionary.Competent(route.Jurisdiction, l, ""); found || l == top {
			break
		}
	}
	if !found && len(route.Stages) > 0 {
		to, found = s.Dictionary.Office(route.Stages[0].Office)
	}
	if !found {
		to = &dictionary.Office{Name: s.Dictionary.FullName(area)}
	}
	return fault.New(fault.Conflict, "case.out-of-scope", "area", s.Dictionary.FullName(area), "office", to.Name, "address", to.Address, "phone", to.Phone)
}

// around is the division of a level that contains a division; the division itself if it is of that level or larger.
func (s *Service) around(division string, level dictionary.Level) string {
	d, ok := s.Dictionary.Division(division)
	if !ok || slices.Index(levels, d.Level) >= slices.Index(levels, level) {
		return division
	}
	for _, a := range s.Dictionary.Ancestors(division) {
		if a.Level == level {
			return a.Code
		}
	}
	return division
}

// within reports whether a division is another one or lies inside it.
func (s *Service) within(division, area string) bool {
	return division == area || slices.ContainsFunc(s.Dictionary.Ancestors(division), func(a *dictionary.Division) bool { return a.Code == area })
}
