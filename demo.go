package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"text/tabwriter"
	"time"

	"github.com/tongban/tongban/engine/dictionary"
	"github.com/tongban/tongban/engine/fault"
	"github.com/tongban/tongban/engine/store"
	"github.com/tongban/tongban/rules/calendar"
	"github.com/tongban/tongban/rules/lang"
	"github.com/tongban/tongban/runtime/account"
	"github.com/tongban/tongban/runtime/api"
	"github.com/tongban/tongban/runtime/licence"
	"github.com/tongban/tongban/seeds/residents"
)

// demoPassword is what everybody may know: the demo's accounts exist on loopback only.
const demoPassword = "demo-tongban"

// The demo's clerk sits at the window of the community where one person for each of the three items lives, and the officers
// with short names are those who decide these persons' cases.
const demoCommunity = "510402002901"

// Where the demo city is noted once it is complete, so that a start broken off is begun again and a later one is quick.
const (
	demoCollection = "installation"
	demoMark       = "demo-city"
)

// china is where the city's dates are counted.
var china = time.FixedZone("CST", 8*60*60)

// cityOf makes the residents of a configuration as of today.
func cityOf(cfg *Config) *residents.City { return residents.New(cfg.Seed, cfg.today()) }

// showcaseDay is a day on which what the stories of the showcase say is so.
const showcaseDay = "2026-11-23"

// demoNotice is for how many days ahead days off must be known: most limits of the demo's items end within them.
const demoNotice = 30

// demoMade is what is kept of the making of a demo city.
type demoMade struct {
	Residents int    `json:"residents"`
	Seed      uint64 `json:"seed"`
	Days      int    `json:"days,omitempty"` // by which its clock is ahead of the machine's
}

// setDemoClock says which day it is in the demo city: the one asked for; else the one its clock has come to since it was made;
// else today, or showcaseDay where no notice says which of the days to come are days off, so that cases can be accepted in any
// year this program is tried.
func (a *App) setDemoClock(ctx context.Context, out io.Writer) error {
	d, err := a.store.Get(ctx, demoCollection, demoMark)
	known := err == nil
	if err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	var made demoMade
	if known {
		if err := json.Unmarshal(d.Body, &made); err != nil {
			return err
		}
	}
	day := a.cfg.DemoDate
	switch {
	case day != "":
	case known:
		a.cfg.days = made.Days
		return nil
	case a.city.dict.Calendar().Has(a.cfg.now().AddDate(0, 0, demoNotice).Year()):
		return nil
	default:
		day = showcaseDay
		fmt.Fprintf(out, "demo city: no notice of days off is loaded for the weeks to come; its clock stands on %s\n", day)
	}
	want, err := calendar.Parse(day)
	if err != nil {
		return err
	}
	a.cfg.days = a.cfg.today().DaysTo(want)
	return nil
}

// demo makes sure that the demo city and its accounts are there.
func (a *App) demo(ctx context.Context, out io.Writer) error {
	_, err := a.store.Get(ctx, demoCollection, demoMark)
	if fault.Is(err, fault.NotFound) {
		err = seedResidents(ctx, a.store, &a.cfg, out)
	}
	if err != nil {
		return err
	}
	_, err = a.accounts.Ensure(ctx, a.demoAccounts(), demoPassword)
	return err
}

// residentBatch is how many residents are written at once.
const residentBatch = 500

// seedResidents writes the residents and licences of the demo city. Those there already are brought up to date; nobody is
// removed. Broken off, it may be run again.
func seedResidents(ctx context.Context, s store.Store, cfg *Config, out io.Writer) error {
	library := licence.NewLibrary(s, cfg.now, rand.Reader)
	start := time.Now()
	var people []licence.Resident
	var licences []licence.Record
	written := 0
	show := progress(out, cfg.Residents)
	flush := func() error {
		if err := library.Import(ctx, people, licences); err != nil {
			return err
		}
		written += len(people)
		show(written)
		people, licences = people[:0], licences[:0]
		return nil
	}
	for r := range cityOf(cfg).People(cfg.Residents) {
		holder := licence.Person{IDType: r.IDType, IDNumber: r.IDNumber}
		people = append(people, licence.Resident{Person: holder, Values: r.Values, AsOf: r.AsOf})
		for _, l := range r.Licences {
			licences = append(licences, licence.Record{
				Identifier: l.Identifier, Type: l.Type, Number: l.Number, Holder: holder, IssuedOn: l.IssuedOn, ValidTo: l.ValidTo,
				Status: licence.Status(l.Status), Face: l.Face,
			})
		}
		if len(people) == residentBatch {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	if err := flush(); err != nil {
		return err
	}
	fmt.Fprintf(out, "demo city: %d residents in %.1f s\n", written, time.Since(start).Seconds())
	return mark(ctx, s, cfg)
}

// mark notes that the demo city is complete.
func mark(ctx context.Context, s store.Documents, cfg *Config) error {
	body, err := json.Marshal(demoMade{cfg.Residents, cfg.Seed, cfg.days})
	if err != nil {
		return err
	}
	d, err := s.Get(ctx, demoCollection, demoMark)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	_, err = s.Put(ctx, store.Document{Collection: demoCollection, ID: demoMark, Revision: d.Revision, Body: body, Updated: cfg.now()})
	return err
}

// progress shows how far a long write is, on a terminal only.
func progress(out io.Writer, total int) func(done int) {
	f, ok := out.(*os.File)
	if ok {
		info, err := f.Stat()
		ok = err == nil && info.Mode()&os.ModeCharDevice != 0
	}
	if !ok {
		return func(int) {}
	}
	return func(done int) {
		fmt.Fprintf(out, "\rdemo city: %d of %d residents", done, total)
		if done >= total {
			fmt.Fprint(out, "\r\033[K")
		}
	}
}

// demoAccounts are the accounts of the demo: one for each role, officers of the offices that decide the showcase cases under
// short names, and an officer of every other deciding office under the office's own key.
func (a *App) demoAccounts() []account.Account {
	dict := a.city.dict
	var out []account.Account
	taken := map[string]bool{}
	add := func(username, name string, office *dictionary.Office, roles ...account.Role) {
		x := account.Account{Username: username, Name: name, Roles: roles}
		if office != nil {
			x.Office = office.Key
			taken[office.Key] = taken[office.Key] || slices.Contains(roles, account.Officer)
		}
		out = append(out, x)
	}
	for _, s := range []struct {
		username, name string
		level          dictionary.Level
		department     string
		role           account.Role
	}{
		{"clerk", "何小兰", dictionary.LevelCommunity, "", account.Clerk},
		{"officer-street", "罗建平", dictionary.LevelStreet, "civil-affairs", account.Officer},
		{"officer-county", "沈雅琴", dictionary.LevelCounty, "civil-affairs", account.Officer},
		{"officer-police", "马志强", dictionary.LevelStreet, "public-security", account.Officer},
		{"officer-police-county", "蒋文斌", dictionary.LevelCounty, "public-security", account.Officer},
		{"officer-disabled", "唐静", dictionary.LevelCounty, "disabled-persons", account.Officer},
		{"supervisor", "邓丽萍", dictionary.LevelCounty, "civil-affairs", account.Supervisor},
	} {
		if office, ok := dict.Competent(demoCommunity, s.level, s.department); ok {
			add(s.username, s.name, office, s.role)
		}
	}
	add("editor", "许明远", nil, account.PolicyEditor)
	add("reviewer", "梁秋月", nil, account.PolicyReviewer)
	add("admin", "系统管理员", nil, account.Admin)
	for i := range dict.Offices() {
		if o := &dict.Offices()[i]; !taken[o.Key] && slices.ContainsFunc(o.Departments, a.decides) {
			add(o.Key, o.Name+"经办人", o, account.Officer)
		}
	}
	return out
}

// decides reports whether cases of any item go to a department.
func (a *App) decides(department string) bool {
	for _, p := range a.city.plans {
		item := p.Definition()
		templates := []string{item.Route.Template}
		for _, c := range item.Route.Choose {
			templates = append(templates, c.Template)
		}
		for _, key := range templates {
			route, ok := a.city.dict.Route(key)
			if ok && slices.ContainsFunc(route.Stages, func(s dictionary.Stage) bool {
				return s.Department == department || s.Department == dictionary.Authority && item.Authority == department
			}) {
				return true
			}
		}
	}
	return false
}

// demoView is what the start page of the demo shows; nil without --demo.
func (a *App) demoView() *api.Demo {
	if !a.cfg.Demo {
		return nil
	}
	d := &api.Demo{On: true, Password: demoPassword, Accounts: []api.DemoAccount{}, People: []api.DemoPerson{}}
	for _, x := range a.demoAccounts() {
		if x.Username == x.Office { // those of the other offices would only hide the few one needs
			continue
		}
		shown := api.DemoAccount{Username: x.Username, Name: x.Name, Roles: x.Roles}
		if o, ok := a.city.dict.Office(x.Office); ok {
			shown.Office = o.Name
		}
		d.Accounts = append(d.Accounts, shown)
	}
	for _, p := range cityOf(&a.cfg).Showcase() {
		d.People = append(d.People, api.DemoPerson{Name: p.Name, IDType: p.IDType, IDNumber: p.IDNumber, Story: p.Story})
	}
	return d
}

// greet says where the platform is and, in the demo, who may sign in and whose applications to take.
func (a *App) greet(c *cli) {
	fmt.Fprintf(c.stdout, "Tongban 通办  %s\n", a.URL())
	d := a.demoView()
	if d == nil {
		return
	}
	fmt.Fprintf(c.stdout, "\n%s %s\n", c.say(lang.Text{Zh: "演示账号，密码均为", En: "Demo accounts, all with the password"}), d.Password)
	w := tabwriter.NewWriter(c.stdout, 0, 0, 2, ' ', 0)
	for _, x := range d.Accounts {
		fmt.Fprintf(w, "  %s\t%s\t%s\n", x.Username, x.Roles[0], x.Office)
	}
	_ = w.Flush() // what a terminal does not take, nothing can be done about
	fmt.Fprintln(c.stdout, "  "+c.say(lang.Text{
		Zh: "其他机构的经办人以机构标识为用户名（如 service-510403001），机构标识见案件的流转路线。",
		En: "The officer of any other office signs in under its key, such as service-510403001.",
	}))
	fmt.Fprintf(c.stdout, "\n%s\n", c.say(lang.Text{Zh: "可以为这些人办事", En: "People to take applications from"}))
	for _, p := range d.People {
		fmt.Fprintf(c.stdout, "  %s  %s  %s\n", p.IDNumber, p.Name, p.Story.In(c.lang))
	}
	fmt.Fprintln(c.stdout)
}
