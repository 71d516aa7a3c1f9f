package account

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"time"

	"github.com/tongban/tongban/engine/fault"
	"github.com/tongban/tongban/engine/store"
)

// Limits of a session. Idle is long enough for a lunch break and a training afternoon, absolute is one working day with
// overtime: a forgotten desk is closed by the next morning.
const (
	IdleLimit     = 8 * time.Hour
	AbsoluteLimit = 12 * time.Hour
)

// slideEvery is how often use of a session is written down. Idle time is known to that precision.
const slideEvery = 5 * time.Minute

// Session is a signed-in account. Token is set only when it was just opened: nothing stored can bring it back.
type Session struct {
	Account Account
	Token   string
	Expires time.Time // when it ends if nothing more is done
}

// sessionRecord is a session as stored, under the hash of its token.
type sessionRecord struct {
	Account    string    `json:"account"`
	Generation int64     `json:"generation"` // of the account's password when it was opened
	Opened     time.Time `json:"opened"`
	Seen       time.Time `json:"seen"`
}

func (r sessionRecord) expires() time.Time {
	idle, end := r.Seen.Add(IdleLimit), r.Opened.Add(AbsoluteLimit)
	if end.Before(idle) {
		return end
	}
	return idle
}

// tokenBytes of randomness: 256 bits, beyond guessing at any rate.
const tokenBytes = 32

// name is what a token is stored under. A plain hash is enough for 256 random bits, and a stolen store opens no session.
func name(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

func (s *Service) openSession(ctx context.Context, a record) (Session, error) {
	raw := make([]byte, tokenBytes)
	_, _ = rand.Read(raw) // never fails, by its documentation
	token := base64.RawURLEncoding.EncodeToString(raw)
	now := s.now()
	r := sessionRecord{Account: a.Username, Generation: a.Generation, Opened: now, Seen: now}
	if err := s.putSession(ctx, name(token), 0, r); err != nil {
		return Session{}, err
	}
	return Session{Account: a.Account, Token: token, Expires: r.expires()}, nil
}

func (s *Service) putSession(ctx context.Context, id string, revision int64, r sessionRecord) error {
	body, err := json.Marshal(r)
	if err != nil {
		return err
	}
	_, err = s.store.Put(ctx, store.Document{
		Collection: sessions, ID: id, Revision: revision, Body: body,
		Keys: map[string]string{"account": r.Account}, Updated: r.Seen, Expires: r.expires(),
	})
	return err
}

// Resume finds the session of a token and keeps it alive. An unknown, ended or revoked one, or one of a disabled account, is
// Unauthorized with the code account.session-ended.
func (s *Service) Resume(ctx context.Context, token string) (Session, error) {
	ended := fault.New(fault.Unauthorized, "account.session-ended")
	if len(token) != base64.RawURLEncoding.EncodedLen(tokenBytes) {
		return Session{}, ended
	}
	d, err := s.store.Get(ctx, sessions, name(token))
	if fault.Is(err, fault.NotFound) {
		return Session{}, ended
	}
	if err != nil {
		return Session{}, err
	}
	var r sessionRecord
	if err := json.Unmarshal(d.Body, &r); err != nil {
		return Session{}, fault.Wrap(err, fault.Internal, "account.damaged")
	}
	now := s.now()
	if !now.Before(r.expires()) {
		return Session{}, ended
	}
	a, _, err := s.load(ctx, r.Account)
	if fault.Is(err, fault.NotFound) || err == nil && (a.Disabled || a.Generation != r.Generation) {
		return Session{}, ended
	}
	if err != nil {
		return Session{}, err
	}
	if now.Sub(r.Seen) >= slideEvery {
		r.Seen = now
		// Another request may have written it first; either way it was seen.
		if err := s.putSession(ctx, d.ID, d.Revision, r); err != nil && !fault.Is(err, fault.Conflict) && !fault.Is(err, fault.NotFound) {
			return Session{}, err
		}
	}
	return Session{Account: a.Account, Expires: r.expires()}, nil
}

// SignOut ends the session of a token. An unknown token is no fault.
func (s *Service) SignOut(ctx context.Context, token string) error {
	for {
		d, err := s.store.Get(ctx, sessions, name(token))
		if err == nil {
			err = s.store.Delete(ctx, sessions, d.ID, d.Revision)
		}
		switch fault.KindOf(err) {
		case "", fault.NotFound:
			return nil
		case fault.Conflict: // it was just seen by another request
			continue
		default:
			return err
		}
	}
}

// forget removes the sessions of an account that its new generation has ended already. It only tidies up: what it misses
// expires.
func (s *Service) forget(ctx context.Context, username string) error {
	ds, err := s.store.Find(ctx, store.Query{Collection: sessions, Key: "account", Value: username, Limit: 500})
	for _, d := range ds {
		if derr := s.store.Delete(ctx, sessions, d.ID, d.Revision); derr != nil && !fault.Is(derr, fault.NotFound) && !fault.Is(derr, fault.Conflict) {
			return derr
		}
	}
	return err
}
