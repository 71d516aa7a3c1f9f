package api

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/tongban/tongban/engine/fault"
)

// readyTimeout is how long the store may take to answer before this node is taken out of service.
const readyTimeout = 2 * time.Second

// metrics are the figures of this node. Labels are routes and statuses only: few, and nothing of any person.
type metrics struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
}

func newMetrics() *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "tongban_requests_total", Help: "Requests answered, by route and status.",
		}, []string{"route", "status"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "tongban_request_seconds", Help: "Time to answer, by route.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10},
		}, []string{"route"}),
	}
	m.registry.MustRegister(m.requests, m.seconds, collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

func (m *metrics) seen(route string, status int, took time.Duration) {
	m.requests.WithLabelValues(route, strconv.Itoa(status)).Inc()
	m.seconds.WithLabelValues(route).Observe(took.Seconds())
}

// health serves what machines ask: alive, ready, figures.
func (a *API) health() {
	a.echo.GET("/healthz", func(c echo.Context) error { return c.String(http.StatusOK, "ok\n") })
	a.echo.GET("/readyz", func(c echo.Context) error {
		ctx, cancel := context.WithTimeout(c.Request().Context(), readyTimeout)
		defer cancel()
		if a.store != nil {
			if err := a.store.Ping(ctx); err != nil {
				return problemOf(ctx, fault.Wrap(err, fault.Unavailable, "api.not-ready"))
			}
		}
		return c.String(http.StatusOK, "ready\n")
	})
	figures := promhttp.HandlerFor(a.metrics.registry, promhttp.HandlerOpts{})
	a.echo.GET("/metrics", func(c echo.Context) error {
		r := requestOf(c.Request().Context())
		if k, err := c.Cookie(cookieName); err == nil && !r.local {
			if r.session, err = a.accounts.Resume(c.Request().Context(), k.Value); err != nil {
				return err
			}
		}
		who := &r.session.Account
		if who.Username == "" {
			who = nil
		}
		switch access := table["GET /metrics"]; {
		case access.Allows(who, r.local):
			figures.ServeHTTP(c.Response(), c.Request())
			return nil
		case who == nil:
			return fault.New(fault.Unauthorized, "api.signed-out")
		default:
			return fault.New(fault.Forbidden, "api.forbidden")
		}
	})
}

// patience is how long a request may take: what the route's own limit for receiving leaves room for.
func (a *API) patience(c echo.Context) time.Duration {
	if c.Request().Method == http.MethodPost && c.Path() == prefix+"/drafts/:id/files/:material" {
		return uploadTimeout + requestTimeout
	}
	return requestTimeout
}
