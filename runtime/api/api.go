// Package api is the HTTP edge of the platform: /api/v1, its OpenAPI 3.1 document, health and metrics, and the screens.
//
// It promises: who may call what stands in one table and is enforced before a body is read; every error is an RFC 9457
// problem made in one place from a fault; nothing internal and nothing personal reaches an error, a log line or a metric;
// every limit (size, depth, frequency, time, memory) is a constant with its reason. It decides nothing about cases, and never
// imports a store.
package api

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"log/slog"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humaecho"
	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"

	"github.com/tongban/tongban/engine/dictionary"
	"github.com/tongban/tongban/engine/fault"
	"github.com/tongban/tongban/runtime/account/limit"
)

// Deps is what an API works with. Casework and Accounts may be nil only to make the OpenAPI document.
type Deps struct {
	Casework   Casework
	Accounts   Accounts
	Store      Pinger                  // for /readyz
	Divisions  []dictionary.Division   // for /api/v1/divisions, parents before children
	OfficeName func(key string) string // name of an office, "" if there is none; may be nil
	Demo       *Demo                   // what the start page of the demo shows; nil: this is no demo
	Screens    fs.FS                   // built screens; nil or without index.html: a page says how to build them
	Log        *slog.Logger
	Now        func() time.Time
	Proxies    []netip.Prefix // networks of reverse proxies whose word on the caller's address is taken
}

// Version is the version of the interface, not of the program: it changes when a client would have to.
const Version = "1.0"

// API serves HTTP. Make one with New.
type API struct {
	casework   Casework
	accounts   Accounts
	store      Pinger
	divisions  []dictionary.Division
	officeName func(string) string
	demo       Demo
	log        *slog.Logger
	now        clock
	proxies    []netip.Prefix

	huma        huma.API
	echo        *echo.Echo
	metrics     *metrics
	evaluations budget
	progress    budget
	uploads     chan struct{}
}

// How often one network address may ask what costs something and needs no account. A hall of windows shares one address,
// but its clerks are signed in; these are for the public.
const (
	evaluationBurst = 60 // a person filling in a form on a phone, an evaluation at every pause
	evaluationEvery = time.Second
	progressBurst   = 10 // enough to mistype; far too few to try numbers
	progressEvery   = 20 * time.Second
)

// requestTimeout is how long an operation may take; the slowest, submitting with a dozen files, takes tens of milliseconds.
const requestTimeout = 30 * time.Second

// New makes an API.
func New(d Deps) *API {
	a := &API{
		casework: d.Casework, accounts: d.Accounts, store: d.Store, divisions: d.Divisions, officeName: d.OfficeName,
		log: d.Log, now: d.Now, proxies: d.Proxies,
		metrics:     newMetrics(),
		evaluations: budget{limit.New(evaluationBurst, evaluationEvery)},
		progress:    budget{limit.New(progressBurst, progressEvery)},
		uploads:     make(chan struct{}, uploadsAtOnce),
	}
	if a.divisions == nil {
		a.divisions = []dictionary.Division{}
	}
	if a.log == nil {
		a.log = slog.New(slog.DiscardHandler)
	}
	if a.now == nil {
		a.now = time.Now
	}
	a.demo = Demo{Accounts: []DemoAccount{}, People: []DemoPerson{}}
	if d.Demo != nil {
		a.demo = *d.Demo
	}
	e := echo.New()
	a.echo = e
	e.HTTPErrorHandler = a.fail
	e.Use(a.observe, middleware.GzipWithConfig(middleware.GzipConfig{Level: 1, MinLength: 1024}), a.protect)
	a.huma = humaecho.New(e, document())
	a.operations()
	a.documents()
	a.health()
	a.screens(d.Screens)
	return a
}

// document is the head of the OpenAPI document. There is no page that renders it: such pages load scripts from elsewhere.
func document() huma.Config {
	return huma.Config{
		OpenAPI: &huma.OpenAPI{
			OpenAPI: "3.1.0",
			Info: &huma.Info{
				Title: "Tongban", Version: Version,
				Description: "Unsafe methods need the header X-Tongban: 1. Errors are RFC 9457 problem details. " +
					"x-access names who may call an operation: anyone, signed-in, or the roles listed.",
			},
			Components: &huma.Components{
				Schemas:         huma.NewMapRegistry("#/components/schemas/", huma.DefaultSchemaNamer),
				SecuritySchemes: map[string]*huma.SecurityScheme{"session": {Type: "apiKey", In: "cookie", Name: cookieName}},
			},
		},
		Formats:       map[string]huma.Format{"application/json": jsonFormat, "json": jsonFormat},
		DefaultFormat: "application/json",
	}
}

// Handler returns the whole server as one handler.
func (a *API) Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, h *http.Request) {
		// A path is matched and its parameters read decoded, whichever characters a client chose to escape; an escaped
		// slash, which would change the meaning of a path when decoded, names nothing here.
		if h.URL.RawPath != "" {
			if strings.Contains(strings.ToLower(h.URL.RawPath), "%2f") {
				h.URL.Path = "/api/"
			}
			h.URL.RawPath = ""
		}
		a.echo.ServeHTTP(w, h)
	})
}

// Document returns the OpenAPI document, indented, ending in a newline: the text that the screens' types are made from.
func (a *API) Document() ([]byte, error) {
	raw, err := json.MarshalIndent(a.huma.OpenAPI(), "", "  ")
	if err != nil {
		return nil, err
	}
	return append(raw, '\n'), nil
}

// Routes lists everything the server answers, as the access table writes it: "METHOD path".
func (a *API) Routes() []string {
	var out []string
	for _, r := range a.echo.Routes() {
		out = append(out, routeName(r.Method, r.Path))
	}
	return out
}

// routeName writes a route as the table does, with {name} for a parameter.
func routeName(method, path string) string {
	parts := strings.Split(path, "/")
	for i, p := range parts {
		if name, ok := strings.CutPrefix(p, ":"); ok {
			parts[i] = "{" + name + "}"
		}
	}
	return method + " " + strings.Join(parts, "/")
}

// documents serves the OpenAPI document.
func (a *API) documents() {
	raw, err := a.Document()
	if err != nil {
		panic(err) // made of types alone: a defect of this package
	}
	a.echo.GET("/api/openapi.json", func(c echo.Context) error {
		return c.Blob(http.StatusOK, "application/openapi+json", raw)
	})
}

// fail turns what echo found (no such route, wrong method, a panic) into a problem.
func (a *API) fail(err error, c echo.Context) {
	if c.Response().Committed {
		return
	}
	ctx := c.Request().Context()
	var p *ProblemDetails
	var he *echo.HTTPError
	switch {
	case errors.As(err, &p):
	case errors.As(err, &he):
		p = problemOfStatus(ctx, he.Code)
	default:
		p = problemOf(ctx, err)
	}
	h := c.Response().Header()
	for name, values := range p.GetHeaders() {
		h[name] = values
	}
	h.Set("Content-Type", p.ContentType(""))
	c.Response().WriteHeader(p.Status)
	if c.Request().Method != http.MethodHead {
		_ = jsonFormat.Marshal(c.Response(), p) // the caller has gone away if this fails
	}
}

// budget is a limiter of callers by network address.
type budget struct{ *limit.Limiter }

func (b budget) take(ctx context.Context, now time.Time) error {
	if wait := b.Take(requestOf(ctx).from, now); wait > 0 {
		return fault.New(fault.TooMany, "api.too-often", "seconds", int64((wait+time.Second-1)/time.Second))
	}
	return nil
}
