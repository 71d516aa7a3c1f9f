package api

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/tongban/tongban/engine/fault"
)

// observe wraps every request: it gives it an id, bounds its time, catches a panic, and writes one log line and its metrics.
// A line holds the route, never the path, the query, a body or a name: what identifies a person stays out of the logs.
func (a *API) observe(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) (err error) {
		start := time.Now()
		r := newRequest(c.Request(), a.proxies)
		r.route = "other"
		if p := c.Path(); p != "" {
			r.route = routeName(c.Request().Method, p)
		}
		ctx, cancel := context.WithTimeout(context.WithValue(c.Request().Context(), requestKey{}, r), a.patience(c))
		defer cancel()
		sent := c.Request().WithContext(ctx)
		sent.Body = &body{sent.Body, r}
		c.SetRequest(sent)
		c.Response().Header().Set("X-Request-Id", r.id)
		defer func() {
			if v := recover(); v != nil {
				r.cause = fmt.Errorf("panic: %v\n%s", v, debug.Stack())
				a.fail(problemOfStatus(ctx, http.StatusInternalServerError), c)
			}
			took := time.Since(start)
			a.metrics.seen(r.route, c.Response().Status, took)
			level := slog.LevelInfo
			attrs := []slog.Attr{
				slog.String("request", r.id), slog.String("route", r.route), slog.Int("status", c.Response().Status),
				slog.Int64("bytes", c.Response().Size), slog.Duration("took", took),
			}
			if r.session.Account.Username != "" {
				attrs = append(attrs, slog.String("account", r.session.Account.Username))
			}
			if r.cause != nil {
				level = slog.LevelError
				attrs = append(attrs, slog.String("cause", r.cause.Error()))
			}
			a.log.LogAttrs(context.WithoutCancel(ctx), level, "request", attrs...)
		}()
		if err := next(c); err != nil {
			a.fail(err, c)
		}
		return nil
	}
}

// body notes on its request that it could not be read to its end: the sender broke off or framed it wrongly. huma takes
// that for an error of the server.
type body struct {
	io.ReadCloser
	of *request
}

// Read implements io.Reader.
func (b *body) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		b.of.broken = true
	}
	return n, err
}

// protect sets the security headers and refuses unsafe requests that no script of ours can have sent.
func (a *API) protect(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		h, r := c.Response().Header(), c.Request()
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "geolocation=(), microphone=(), payment=(), usb=()")
		if requestOf(r.Context()).secure {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		if !strings.HasPrefix(r.URL.Path, "/api/") {
			// The component library sets styles from script, which needs inline styles; scripts come from us alone.
			h.Set("Content-Security-Policy", "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; "+
				"img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; frame-src 'self' blob:; object-src 'none'; "+
				"base-uri 'none'; form-action 'self'; frame-ancestors 'none'")
			return next(c)
		}
		h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
		h.Set("Cache-Control", "no-store")
		switch r.Method {
		case http.MethodGet, http.MethodHead, http.MethodOptions:
		default:
			// A form or an image of another site cannot set a header of its own; SameSite=Strict is the other lock.
			if r.Header.Get("X-Tongban") != "1" {
				return problemOf(r.Context(), fault.New(fault.Forbidden, "api.no-header"))
			}
		}
		return next(c)
	}
}
