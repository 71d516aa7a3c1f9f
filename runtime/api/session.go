package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/tongban/tongban/engine/fault"
	"github.com/tongban/tongban/runtime/account"
)

// cookieName is the session cookie: HttpOnly, SameSite=Strict, whole site, Secure wherever the request came over TLS.
const cookieName = "tongban_session"

// withCookie is an answer that sets or clears the session cookie.
type withCookie[T any] struct {
	SetCookie http.Cookie `header:"Set-Cookie"`
	Body      T
}

// cleared is an empty answer that clears the session cookie.
type cleared struct {
	SetCookie http.Cookie `header:"Set-Cookie"`
}

func cookie(ctx context.Context, token string) http.Cookie {
	c := http.Cookie{Name: cookieName, Value: token, Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode}
	if r := requestOf(ctx); r != nil {
		c.Secure = r.secure
	}
	if token == "" {
		c.MaxAge = -1
	}
	return c
}

func (a *API) sessionView(s account.Session) SessionView {
	v := SessionView{Account: s.Account, Expires: s.Expires}
	if s.Account.Office != "" && a.officeName != nil {
		v.OfficeName = a.officeName(s.Account.Office)
	}
	return v
}

func (a *API) sessionOperations() {
	register(a, op{http.MethodGet, "/session", "session", "Who is signed in", tagSession},
		func(ctx context.Context, _ *struct{}) (*reply[SessionView], error) {
			return answer(a.sessionView(requestOf(ctx).session), nil)
		})
	register(a, op{http.MethodPost, "/session", "signIn", "Sign in", tagSession},
		func(ctx context.Context, in *struct{ Body SignIn }) (*withCookie[SessionView], error) {
			s, err := a.accounts.SignIn(ctx, in.Body.Username, in.Body.Password, requestOf(ctx).from)
			if err != nil {
				return nil, err
			}
			return &withCookie[SessionView]{cookie(ctx, s.Token), a.sessionView(s)}, nil
		})
	register(a, op{http.MethodDelete, "/session", "signOut", "Sign out", tagSession},
		func(ctx context.Context, in *struct {
			Session string `cookie:"tongban_session" hidden:"true"`
		}) (*cleared, error) {
			return &cleared{cookie(ctx, "")}, a.accounts.SignOut(ctx, in.Session)
		})
	register(a, op{http.MethodPut, "/session/password", "changePassword", "Change one's own password; signs out everywhere", tagSession},
		func(ctx context.Context, in *struct{ Body PasswordChange }) (*cleared, error) {
			r := requestOf(ctx)
			return &cleared{cookie(ctx, "")}, a.accounts.ChangePassword(ctx, r.session.Account.Username, in.Body.Current, in.Body.New, r.from)
		})
}

// enforce lets through whom the table names. It runs before anything of the body is read.
func (a *API) enforce(access Access) func(huma.Context, func(huma.Context)) {
	return func(c huma.Context, next func(huma.Context)) {
		ctx := c.Context()
		if !access.anyone {
			if err := a.resume(c); err != nil {
				a.write(c, problemOf(ctx, err))
				return
			}
			r := requestOf(ctx)
			if !access.Allows(&r.session.Account, r.local) {
				a.write(c, problemOf(ctx, fault.New(fault.Forbidden, "api.forbidden")))
				return
			}
		}
		next(c)
	}
}

// resume finds the caller's session from the cookie.
func (a *API) resume(c huma.Context) error {
	k, err := huma.ReadCookie(c, cookieName)
	if err != nil || k.Value == "" {
		return fault.New(fault.Unauthorized, "api.signed-out")
	}
	s, err := a.accounts.Resume(c.Context(), k.Value)
	if err != nil {
		return err
	}
	requestOf(c.Context()).session = s
	return nil
}

// write answers with a problem where huma's own machinery has not started yet.
func (a *API) write(c huma.Context, p *ProblemDetails) {
	for name, values := range p.GetHeaders() {
		for _, v := range values {
			c.AppendHeader(name, v)
		}
	}
	c.SetHeader("Content-Type", p.ContentType(""))
	c.SetStatus(p.Status)
	_ = jsonFormat.Marshal(c.BodyWriter(), p) // the caller has gone away if this fails
}

// bodyTimeout is how long a JSON body may take to arrive.
const bodyTimeout = 30 * time.Second
