package account

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/tongban/tongban/engine/fault"
	"github.com/tongban/tongban/engine/store"
	"github.com/tongban/tongban/runtime/account/limit"
)

// The collections this package owns.
const (
	accounts = "account"
	sessions = "session"
)

// How often a password may be tried. Only failures count: a success gives its try back. Per account and address, so that a
// stranger elsewhere cannot lock a clerk out; per account, looser, so that many addresses together gain little; per address,
// so that one cannot go through all accounts. A hall of windows behind one address has room for its typing errors.
const (
	pairBurst, pairEvery       = 10, time.Minute
	accountBurst, accountEvery = 100, time.Minute
	addressBurst, addressEvery = 100, 3 * time.Second
)

// Service is the account service. It is safe for concurrent use, and any number of nodes may share one store; tries are
// counted on each node by itself.
type Service struct {
	store                     store.Documents
	clock                     func() time.Time
	hasher                    hasher
	decoy                     string // a hash no password has, for names that do not exist
	byPair, byAccount, byAddr *limit.Limiter
}

// New makes a service. clock may be nil for the real one.
func New(documents store.Documents, clock func() time.Time) *Service {
	if clock == nil {
		clock = time.Now
	}
	salt := make([]byte, saltBytes)
	return &Service{
		store: documents, clock: clock, hasher: newHasher(),
		decoy:     standard.phc(salt, make([]byte, keyBytes)),
		byPair:    limit.New(pairBurst, pairEvery),
		byAccount: limit.New(accountBurst, accountEvery),
		byAddr:    limit.New(addressBurst, addressEvery),
	}
}

// now is one time for one act, as precise as stores keep it.
func (s *Service) now() time.Time { return s.clock().UTC().Truncate(time.Millisecond) }

// record is an account as stored.
type record struct {
	Account
	Password   string `json:"password"`   // PHC string
	Generation int64  `json:"generation"` // one more for every new password; a session of an older one has ended
}

func (s *Service) load(ctx context.Context, username string) (record, int64, error) {
	var r record
	if !usernameForm.MatchString(username) {
		return r, 0, unknown(username)
	}
	d, err := s.store.Get(ctx, accounts, username)
	if fault.Is(err, fault.NotFound) {
		return r, 0, unknown(username)
	}
	if err != nil {
		return r, 0, err
	}
	if err := json.Unmarshal(d.Body, &r); err != nil {
		return r, 0, fault.Wrap(err, fault.Internal, "account.damaged")
	}
	return r, d.Revision, nil
}

func unknown(username string) error {
	return fault.New(fault.NotFound, "account.unknown", "username", username)
}

func (s *Service) save(ctx context.Context, r record, revision int64) error {
	body, err := json.Marshal(r)
	if err != nil {
		return err
	}
	d := store.Document{Collection: accounts, ID: r.Username, Revision: revision, Body: body, Updated: s.now()}
	if r.Office != "" {
		d.Keys = map[string]string{"office": r.Office}
	}
	_, err = s.store.Put(ctx, d)
	return err
}

// change reads an account, changes it and writes it, again from the start if somebody else was first.
func (s *Service) change(ctx context.Context, username string, edit func(*record)) error {
	for {
		r, revision, err := s.load(ctx, username)
		if err != nil {
			return err
		}
		edit(&r)
		if err := s.save(ctx, r, revision); !fault.Is(err, fault.Conflict) {
			return err
		}
	}
}

// Create makes an account. Faults: account.taken (Conflict), what is wrong with the account or the password (Invalid).
func (s *Service) Create(ctx context.Context, a Account, password string) (Account, error) {
	if err := a.check(); err != nil {
		return a, err
	}
	if err := CheckPassword(a.Username, password); err != nil {
		return a, err
	}
	phc, err := s.hasher.hash(ctx, password)
	if err != nil {
		return a, err
	}
	a.Created = s.now()
	a.Changed = a.Created
	a.Roles = slices.Clone(a.Roles)
	err = s.save(ctx, record{Account: a, Password: phc, Generation: 1}, 0)
	if fault.Is(err, fault.Conflict) {
		return a, fault.New(fault.Conflict, "account.taken", "username", a.Username)
	}
	return a, err
}

// Ensure opens those of the accounts that do not exist yet, all with one password, hashed once: for a demo, whose password
// everybody knows. It returns how many it opened; accounts that exist are left as they are.
func (s *Service) Ensure(ctx context.Context, all []Account, password string) (int, error) {
	existing, err := s.List(ctx)
	if err != nil {
		return 0, err
	}
	var phc string
	opened := 0
	for _, a := range all {
		if slices.ContainsFunc(existing, func(x Account) bool { return x.Username == a.Username }) {
			continue
		}
		if err := a.check(); err != nil {
			return opened, err
		}
		if phc == "" {
			if phc, err = s.hasher.hash(ctx, password); err != nil {
				return opened, err
			}
		}
		a.Created = s.now()
		a.Changed = a.Created
		if err := s.save(ctx, record{Account: a, Password: phc, Generation: 1}, 0); err != nil && !fault.Is(err, fault.Conflict) {
			return opened, err
		}
		opened++
	}
	return opened, nil
}

// Get returns an account, or NotFound with the code account.unknown.
func (s *Service) Get(ctx context.Context, username string) (Account, error) {
	r, _, err := s.load(ctx, username)
	return r.Account, err
}

// List returns all accounts by user name.
func (s *Service) List(ctx context.Context) ([]Account, error) {
	out := []Account{}
	for after := ""; ; {
		ds, err := s.store.Find(ctx, store.Query{Collection: accounts, After: after, Limit: store.MaxPage})
		if err != nil {
			return nil, err
		}
		for _, d := range ds {
			var r record
			if err := json.Unmarshal(d.Body, &r); err != nil {
				return nil, fault.Wrap(err, fault.Internal, "account.damaged")
			}
			out = append(out, r.Account)
			after = d.ID
		}
		if len(ds) < store.MaxPage {
			return out, nil
		}
	}
}

// SetPassword gives an account a new password, as an administrator does, and ends all its sessions.
func (s *Service) SetPassword(ctx context.Context, username, password string) error {
	if err := CheckPassword(username, password); err != nil {
		return err
	}
	phc, err := s.hasher.hash(ctx, password)
	if err != nil {
		return err
	}
	if err := s.change(ctx, username, func(r *record) {
		r.Password, r.Changed = phc, s.now()
		r.Generation++ // ends every session at once, in this same write
	}); err != nil {
		return err
	}
	return s.forget(ctx, username)
}

// ChangePassword gives an account a new password against its current one, and ends all its sessions. The current one may be
// tried no more often than at sign-in.
func (s *Service) ChangePassword(ctx context.Context, username, current, replacement, from string) error {
	if _, err := s.verify(ctx, username, current, from); err != nil {
		if fault.CodeOf(err) == "account.wrong-password" {
			return fault.New(fault.Invalid, "account.wrong-current")
		}
		return err
	}
	return s.SetPassword(ctx, username, replacement)
}

// SetDisabled closes an account, ending all its sessions, or opens it again.
func (s *Service) SetDisabled(ctx context.Context, username string, disabled bool) error {
	if err := s.change(ctx, username, func(r *record) {
		r.Disabled = disabled
		r.Generation++
	}); err != nil {
		return err
	}
	return s.forget(ctx, username)
}

// SignIn checks a password and opens a session. Faults: account.wrong-password (Unauthorized; the same, after the same work,
// for a name that does not exist), account.disabled (Forbidden; told only to who knows the password), account.throttled
// (TooMany, with seconds to wait).
func (s *Service) SignIn(ctx context.Context, username, password, from string) (Session, error) {
	r, err := s.verify(ctx, username, password, from)
	if err != nil {
		return Session{}, err
	}
	if r.Disabled {
		return Session{}, fault.New(fault.Forbidden, "account.disabled")
	}
	return s.openSession(ctx, r)
}

// verify checks a password, counting tries.
func (s *Service) verify(ctx context.Context, username, password, from string) (record, error) {
	now := s.now()
	pair := username + "\x00" + from
	for _, try := range []struct {
		limiter *limit.Limiter
		key     string
	}{{s.byPair, pair}, {s.byAccount, username}, {s.byAddr, from}} {
		if wait := try.limiter.Take(try.key, now); wait > 0 {
			return record{}, fault.New(fault.TooMany, "account.throttled", "seconds", int64((wait+time.Second-1)/time.Second))
		}
	}
	r, revision, err := s.load(ctx, username)
	phc := r.Password
	if fault.Is(err, fault.NotFound) {
		phc = s.decoy // the same work, so that time does not tell which names exist
	} else if err != nil {
		return record{}, err
	}
	ok, stale, err := s.hasher.verify(ctx, password, phc)
	if err != nil {
		return record{}, err
	}
	if !ok || r.Username == "" {
		return record{}, fault.New(fault.Unauthorized, "account.wrong-password")
	}
	s.byPair.Reset(pair)
	s.byAccount.Give(username)
	s.byAddr.Give(from)
	if stale {
		if phc, err := s.hasher.hash(ctx, password); err == nil {
			r.Password = phc
			if err := s.save(ctx, r, revision); err != nil && !fault.Is(err, fault.Conflict) { // the next sign-in tries again
				return record{}, err
			}
		}
	}
	return r, nil
}
