package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path"
	"strings"
	"sync"
	"time"

	"github.com/tongban/tongban/engine/dictionary"
	"github.com/tongban/tongban/engine/plan"
	"github.com/tongban/tongban/engine/store"
	"github.com/tongban/tongban/engine/store/mongo"
	"github.com/tongban/tongban/engine/store/sqlite"
	"github.com/tongban/tongban/rules/diag"
	"github.com/tongban/tongban/rules/lang"
	"github.com/tongban/tongban/runtime/account"
	"github.com/tongban/tongban/runtime/api"
	"github.com/tongban/tongban/runtime/casework"
	"github.com/tongban/tongban/runtime/web"
	"github.com/tongban/tongban/seeds"
)

// What the edge needs is what the services are.
var (
	_ api.Casework = (*casework.Service)(nil)
	_ api.Accounts = (*account.Service)(nil)
)

// App is the running platform. Open wires it and starts listening, Run serves until its context ends, Close releases all of
// it; a test may do the same on port 0.
type App struct {
	cfg      Config
	city     *city
	store    store.Store
	accounts *account.Service
	casework *casework.Service
	server   *http.Server
	listener net.Listener
	log      *slog.Logger
	close    sync.Once
}

// city is what a city declares: its dictionary and its compiled items.
type city struct {
	dict  *dictionary.Dictionary
	plans []*plan.Plan
}

// openStore opens the configured store, a data folder or a server: the one place that names a driver. Files go with it.
func openStore(ctx context.Context, cfg *Config) (store.Store, error) {
	if cfg.Store != "" {
		s, err := mongo.Config{URI: cfg.Store, Now: cfg.now}.Open(ctx)
		if err != nil {
			return nil, err // not s, as below
		}
		return s, nil
	}
	s, err := sqlite.Config{Dir: cfg.Data, Now: cfg.now}.Open()
	if err != nil {
		return nil, err // not s: a nil *sqlite.Store would be a Store that is not nil
	}
	return s, nil
}

// Open makes everything ready and listens. Progress goes to out.
func Open(ctx context.Context, cfg Config, out io.Writer) (_ *App, err error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	proxies, err := cfg.proxies()
	if err != nil {
		return nil, err
	}
	a := &App{cfg: cfg, log: newLog(out, cfg.level())}
	defer func() {
		if err != nil {
			a.Close()
		}
	}()
	if a.city, err = loadCity(cfg); err != nil {
		return nil, err
	}
	if a.store, err = openStore(ctx, &a.cfg); err != nil {
		return nil, err
	}
	if cfg.Demo {
		if err := a.setDemoClock(ctx, out); err != nil {
			return nil, err
		}
	}
	items, err := casework.NewCatalogue(a.city.plans)
	if err != nil {
		return nil, err
	}
	a.accounts = account.New(a.store, a.cfg.now)
	node, err := os.Hostname()
	if err != nil {
		node = "tongban"
	}
	a.casework = casework.New(casework.Deps{Store: a.store, Items: items, Dictionary: a.city.dict, Clock: a.cfg.now, Zone: china, Node: node})
	if cfg.Demo {
		if err := a.demo(ctx, out); err != nil {
			return nil, err
		}
	}
	edge := api.New(api.Deps{
		Casework: a.casework, Accounts: a.accounts, Store: a.store, Screens: web.Dist(), Log: a.log, Now: a.cfg.now, Proxies: proxies,
		Divisions: a.city.dict.Divisions(), Demo: a.demoView(),
		OfficeName: func(key string) string {
			if o, ok := a.city.dict.Office(key); ok {
				return o.Name
			}
			return ""
		},
	})
	if a.listener, err = (&net.ListenConfig{}).Listen(ctx, "tcp", cfg.Addr); err != nil {
		return nil, fmt.Errorf("cannot listen on %s: %w", cfg.Addr, err)
	}
	a.server = &http.Server{
		Handler: edge.Handler(), ReadHeaderTimeout: headerTimeout, ReadTimeout: readTimeout, WriteTimeout: writeTimeout,
		IdleTimeout: idleTimeout, MaxHeaderBytes: maxHeader,
		ErrorLog: slog.NewLogLogger(a.log.Handler(), slog.LevelDebug), // broken handshakes and the like: noise
	}
	return a, nil
}

// URL is where the platform answers.
func (a *App) URL() string {
	scheme := "http"
	if a.cfg.TLSCert != "" {
		scheme = "https"
	}
	return scheme + "://" + a.listener.Addr().String()
}

// Run serves until ctx ends, then lets the requests under way finish.
func (a *App) Run(ctx context.Context) error {
	sweeping, stop := context.WithCancel(ctx)
	var swept sync.WaitGroup
	swept.Go(func() { a.sweep(sweeping) })
	defer swept.Wait()
	defer stop()
	served := make(chan error, 1)
	go func() {
		if a.cfg.TLSCert != "" {
			served <- a.server.ServeTLS(a.listener, a.cfg.TLSCert, a.cfg.TLSKey)
			return
		}
		served <- a.server.Serve(a.listener)
	}()
	select {
	case err := <-served:
		return err
	case <-ctx.Done():
	}
	a.log.Info("stopping")
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), graceTimeout)
	defer cancel()
	if err := a.server.Shutdown(grace); err != nil {
		return errors.Join(err, a.server.Close())
	}
	if err := <-served; !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// sweep carries out what falls due by itself: acceptance by lapse of the notice period, and the like.
func (a *App) sweep(ctx context.Context) {
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	for {
		if n, err := a.casework.Sweep(ctx); err != nil && ctx.Err() == nil {
			a.log.Error("sweep", "cause", err.Error())
		} else if n > 0 {
			a.log.Info("sweep", "done", n)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// Close releases everything. It may be called at any time and more than once.
func (a *App) Close() error {
	var err error
	a.close.Do(func() {
		if a.server != nil {
			err = a.server.Close()
		} else if a.listener != nil {
			err = a.listener.Close()
		}
		if a.store != nil {
			err = errors.Join(err, a.store.Close())
		}
	})
	return err
}

// loadCity reads and compiles what the city declares: from the folders of the configuration, or what is inside the binary.
func loadCity(cfg Config) (*city, error) {
	dictionaryFiles, itemFiles := seeds.Dictionary(), seeds.Files()
	if cfg.Dictionary != "" {
		dictionaryFiles = os.DirFS(cfg.Dictionary)
	}
	if cfg.Items != "" {
		itemFiles = os.DirFS(cfg.Items)
	}
	dict, found := dictionary.Load(dictionaryFiles)
	if found.HasErrors() {
		return nil, refused(found)
	}
	var docs []*document
	err := fs.WalkDir(itemFiles, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || path.Ext(name) != ".json" || cfg.Items == "" && !strings.HasPrefix(name, "items/") {
			return err
		}
		raw, err := fs.ReadFile(itemFiles, name)
		docs = append(docs, &document{file: name, raw: raw})
		return err
	})
	if err != nil {
		return nil, err
	}
	compileAll(docs, plan.Prepare(dict))
	c := &city{dict: dict}
	for _, d := range docs {
		if d.found.HasErrors() {
			return nil, refused(d.found)
		}
		c.plans = append(c.plans, d.plan)
	}
	return c, nil
}

// refused is why a city's documents cannot be served: the first error, where it stands, and how to see the others.
func refused(found diag.List) error {
	for _, d := range found.Sorted() {
		if d.Severity == diag.Error {
			return fmt.Errorf("%s:%d:%d: %s %s (see all with: tongban check)", d.File, d.Line, d.Col, d.Code, d.Text(lang.En))
		}
	}
	return errors.New("the documents were refused")
}
