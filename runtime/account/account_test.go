package account_test

import (
	"context"
	"encoding/json"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tongban/tongban/engine/fault"
	"github.com/tongban/tongban/engine/store"
	"github.com/tongban/tongban/engine/store/sqlite"
	"github.com/tongban/tongban/rules/diag"
	"github.com/tongban/tongban/runtime/account"
)

const password = "three-blue-kettles"

// clock is a time that tests move.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time { c.mu.Lock(); defer c.mu.Unlock(); return c.now }
func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

type bench struct {
	*account.Service
	t     *testing.T
	ctx   context.Context
	clock *clock
	store store.Store
}

func newBench(t *testing.T) *bench {
	t.Helper()
	c := &clock{now: time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)}
	s, err := sqlite.Config{Dir: t.TempDir(), Now: c.Now}.Open()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return &bench{Service: account.New(s, c.Now), t: t, ctx: t.Context(), clock: c, store: s}
}

func (b *bench) create(username string) account.Account {
	b.t.Helper()
	a, err := b.Create(b.ctx, account.Account{Username: username, Name: "阿依", Roles: []account.Role{account.Clerk}, Office: "office-1"}, password)
	if err != nil {
		b.t.Fatal(err)
	}
	return a
}

func (b *bench) signIn(username, password, from string) account.Session {
	b.t.Helper()
	s, err := b.SignIn(b.ctx, username, password, from)
	if err != nil {
		b.t.Fatal(err)
	}
	return s
}

func wantCode(t *testing.T, err error, kind fault.Kind, code string) {
	t.Helper()
	if fault.KindOf(err) != kind || fault.CodeOf(err) != code {
		t.Fatalf("got %v, want %s %s", err, kind, code)
	}
	if text, ok := diag.Codes()[code]; !ok || text.Zh == "" || text.En == "" {
		t.Fatalf("%s has no text", code)
	}
}

func TestSignIn(t *testing.T) {
	b := newBench(t)
	made := b.create("clerk")
	s := b.signIn("clerk", password, "a")
	if s.Account.Username != "clerk" || s.Token == "" || !s.Expires.Equal(b.clock.Now().Add(account.IdleLimit)) {
		t.Errorf("session %+v", s)
	}
	got, err := b.Resume(b.ctx, s.Token)
	if err != nil || got.Token != "" || got.Account.Office != made.Office || !got.Account.Has(account.Clerk) || got.Account.Has(account.Officer) {
		t.Errorf("resumed %+v, %v", got, err)
	}
	_, err = b.SignIn(b.ctx, "clerk", password+"x", "a")
	wantCode(t, err, fault.Unauthorized, "account.wrong-password")
	_, err = b.SignIn(b.ctx, "nobody", password, "a")
	wantCode(t, err, fault.Unauthorized, "account.wrong-password")
	_, err = b.SignIn(b.ctx, "../../x", password, "a")
	wantCode(t, err, fault.Unauthorized, "account.wrong-password")
	for _, token := range []string{"", "x", s.Token[1:], s.Token + "A", strings.Repeat("A", len(s.Token))} {
		_, err = b.Resume(b.ctx, token)
		wantCode(t, err, fault.Unauthorized, "account.session-ended")
	}
}

// TestNothingSecretIsStored reads everything the service wrote.
func TestNothingSecretIsStored(t *testing.T) {
	b := newBench(t)
	b.create("clerk")
	s := b.signIn("clerk", password, "a")
	n := 0
	for _, collection := range []string{"account", "session"} {
		ds, err := b.store.Find(b.ctx, store.Query{Collection: collection, Limit: 100})
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range ds {
			n++
			raw, err := json.Marshal(d)
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(string(raw), password) || strings.Contains(string(raw), s.Token) {
				t.Errorf("%s holds a secret: %s", collection, raw)
			}
			if collection == "account" && !strings.Contains(string(d.Body), `"$argon2id$v=19$m=19456,t=2,p=1$`) {
				t.Errorf("password is stored as %s", d.Body)
			}
		}
	}
	if n != 2 {
		t.Errorf("%d records", n)
	}
}

func TestSessionsEnd(t *testing.T) {
	b := newBench(t)
	b.create("clerk")
	alive := func(token string, want bool) {
		t.Helper()
		_, err := b.Resume(b.ctx, token)
		if want && err != nil {
			t.Fatal(err)
		}
		if !want {
			wantCode(t, err, fault.Unauthorized, "account.session-ended")
		}
	}
	t.Run("idle", func(t *testing.T) {
		s := b.signIn("clerk", password, "a").Token
		b.clock.pass(account.IdleLimit - time.Millisecond)
		alive(s, true)
		b.clock.pass(account.IdleLimit / 4) // slid
		alive(s, true)
		idle := b.signIn("clerk", password, "a").Token
		b.clock.pass(account.IdleLimit)
		alive(idle, false)
	})
	t.Run("absolute", func(t *testing.T) {
		s := b.signIn("clerk", password, "a").Token
		for range 3 {
			b.clock.pass(3*time.Hour + 59*time.Minute)
			alive(s, true)
		}
		b.clock.pass(3 * time.Minute) // 12 h since it was opened, three minutes since it was used
		alive(s, false)
	})
	t.Run("sign-out", func(t *testing.T) {
		s, other := b.signIn("clerk", password, "a").Token, b.signIn("clerk", password, "a").Token
		for range 2 {
			if err := b.SignOut(b.ctx, s); err != nil {
				t.Fatal(err)
			}
		}
		alive(s, false)
		alive(other, true)
	})
	t.Run("new password", func(t *testing.T) {
		s, other := b.signIn("clerk", password, "a").Token, b.signIn("clerk", password, "b").Token
		err := b.ChangePassword(b.ctx, "clerk", "not it at all", "four-green-kettles", "a")
		wantCode(t, err, fault.Invalid, "account.wrong-current")
		alive(s, true)
		if err := b.ChangePassword(b.ctx, "clerk", password, "four-green-kettles", "a"); err != nil {
			t.Fatal(err)
		}
		alive(s, false)
		alive(other, false)
		_, err = b.SignIn(b.ctx, "clerk", password, "a")
		wantCode(t, err, fault.Unauthorized, "account.wrong-password")
		alive(b.signIn("clerk", "four-green-kettles", "a").Token, true)
	})
	t.Run("disabled", func(t *testing.T) {
		s := b.signIn("clerk", "four-green-kettles", "a").Token
		if err := b.SetDisabled(b.ctx, "clerk", true); err != nil {
			t.Fatal(err)
		}
		alive(s, false)
		_, err := b.SignIn(b.ctx, "clerk", "four-green-kettles", "a")
		wantCode(t, err, fault.Forbidden, "account.disabled")
		_, err = b.SignIn(b.ctx, "clerk", "wrong-wrong-wrong", "a")
		wantCode(t, err, fault.Unauthorized, "account.wrong-password")
		if err := b.SetDisabled(b.ctx, "clerk", false); err != nil {
			t.Fatal(err)
		}
		alive(s, false)
		alive(b.signIn("clerk", "four-green-kettles", "a").Token, true)
	})
	if left, err := b.store.Find(b.ctx, store.Query{Collection: "session", Key: "account", Value: "clerk", Limit: 100}); err != nil || len(left) != 1 {
		t.Errorf("%d sessions are kept, %v", len(left), err)
	}
}

func TestGuessingIsSlow(t *testing.T) {
	b := newBench(t)
	b.create("clerk")
	b.create("other")
	guess := func(username, from string) error {
		_, err := b.SignIn(b.ctx, username, "wrong-wrong-wrong", from)
		return err
	}
	for range 10 {
		wantCode(t, guess("clerk", "a"), fault.Unauthorized, "account.wrong-password")
	}
	err := guess("clerk", "a")
	wantCode(t, err, fault.TooMany, "account.throttled")
	_, err = b.SignIn(b.ctx, "clerk", password, "a")
	wantCode(t, err, fault.TooMany, "account.throttled") // the right one does not help either
	b.signIn("clerk", password, "b")                     // the person elsewhere is not locked out
	b.signIn("other", password, "a")
	b.clock.pass(time.Minute)
	b.signIn("clerk", password, "a")
	for range 10 { // a success cleared the count
		wantCode(t, guess("clerk", "a"), fault.Unauthorized, "account.wrong-password")
	}
	wantCode(t, guess("clerk", "a"), fault.TooMany, "account.throttled")
}

func TestChangingThePasswordIsNoWayRound(t *testing.T) {
	b := newBench(t)
	b.create("clerk")
	for range 10 {
		wantCode(t, b.ChangePassword(b.ctx, "clerk", "wrong-wrong-wrong", "four-green-kettles", "a"), fault.Invalid, "account.wrong-current")
	}
	wantCode(t, b.ChangePassword(b.ctx, "clerk", password, "four-green-kettles", "a"), fault.TooMany, "account.throttled")
}

func TestCreate(t *testing.T) {
	b := newBench(t)
	b.create("clerk")
	good := account.Account{Username: "new", Name: "新", Roles: []account.Role{account.Officer}, Office: "office-1"}
	for _, x := range []struct {
		code     string
		kind     fault.Kind
		edit     func(*account.Account)
		password string
	}{
		{"account.taken", fault.Conflict, func(a *account.Account) { a.Username = "clerk" }, password},
		{"account.bad-username", fault.Invalid, func(a *account.Account) { a.Username = "New Clerk" }, password},
		{"account.bad-username", fault.Invalid, func(a *account.Account) { a.Username = "n" }, password},
		{"account.no-name", fault.Invalid, func(a *account.Account) { a.Name = "" }, password},
		{"account.no-role", fault.Invalid, func(a *account.Account) { a.Roles = nil }, password},
		{"account.bad-role", fault.Invalid, func(a *account.Account) { a.Roles = []account.Role{"king"} }, password},
		{"account.no-office", fault.Invalid, func(a *account.Account) { a.Office = "" }, password},
		{"account.password-short", fault.Invalid, func(*account.Account) {}, "blue-kett"},
		{"account.password-long", fault.Invalid, func(*account.Account) {}, strings.Repeat("blue-kettle", 12)},
		{"account.password-plain", fault.Invalid, func(*account.Account) {}, "aaaabbbbcccc"},
		{"account.password-plain", fault.Invalid, func(*account.Account) {}, "1234567890"},
		{"account.password-plain", fault.Invalid, func(*account.Account) {}, "zyxwvutsrq"},
		{"account.password-plain", fault.Invalid, func(a *account.Account) { a.Username = "kettle-maker" }, "kettle-maker1"},
	} {
		a := good
		x.edit(&a)
		_, err := b.Create(b.ctx, a, x.password)
		wantCode(t, err, x.kind, x.code)
	}
	if err := account.CheckPassword("new", "三只蓝色的水壶在桌上"); err != nil {
		t.Error(err)
	}
	_, err := b.Get(b.ctx, "new")
	wantCode(t, err, fault.NotFound, "account.unknown")
	wantCode(t, b.SetPassword(b.ctx, "new", password), fault.NotFound, "account.unknown")
}

func TestPasswordsAreNormalized(t *testing.T) {
	b := newBench(t)
	if _, err := b.Create(b.ctx, account.Account{Username: "clerk", Name: "é", Roles: []account.Role{account.Admin}}, "café-kettles-２"); err != nil {
		t.Fatal(err)
	}
	b.signIn("clerk", "cafe\u0301-kettles-2", "a") // another keyboard, the same words
}

func TestList(t *testing.T) {
	b := newBench(t)
	if all, err := b.List(b.ctx); err != nil || all == nil || len(all) != 0 {
		t.Errorf("%v %v", all, err)
	}
	b.create("b2")
	b.create("a1")
	all, err := b.List(b.ctx)
	if err != nil || len(all) != 2 || all[0].Username != "a1" || all[1].Username != "b2" {
		t.Errorf("%v %v", all, err)
	}
}

// TestManyAtOnce: sessions opened and resumed side by side, across a change of password in between.
func TestManyAtOnce(t *testing.T) {
	b := newBench(t)
	b.create("clerk")
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			s, err := b.SignIn(b.ctx, "clerk", password, "a")
			if err != nil {
				t.Error(err)
				return
			}
			for range 20 {
				b.clock.pass(time.Second * 30)
				if _, err := b.Resume(b.ctx, s.Token); err != nil {
					t.Error(err)
				}
			}
			if err := b.SignOut(b.ctx, s.Token); err != nil {
				t.Error(err)
			}
			if _, err := b.Resume(b.ctx, s.Token); !fault.Is(err, fault.Unauthorized) {
				t.Errorf("after sign-out: %v", err)
			}
		})
	}
	wg.Wait()
}
