package main

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"path/filepath"
	"strings"
	"time"

	"github.com/tongban/tongban/rules/calendar"
)

// Config is everything `tongban serve` can be told, by flag or by environment. It is passed down, never global.
type Config struct {
	Data       string   `help:"Folder that holds everything the city keeps." default:"data" env:"TONGBAN_DATA"`
	Store      string   `help:"MongoDB to keep it in instead, mongodb://HOST/DATABASE: any number of nodes may serve it. With a password in it, better given by environment." placeholder:"URI" env:"TONGBAN_STORE"`
	Addr       string   `help:"Address to listen on, host:port." default:"127.0.0.1:8080" env:"TONGBAN_ADDR"`
	Demo       bool     `help:"Fill an empty data folder with a demo city and open demo accounts. Loopback only." env:"TONGBAN_DEMO"`
	DemoDate   string   `help:"Day on which the clock of the demo city stands when it starts, to see what time does to a case. Default: the day it was made to start on, else today." placeholder:"YYYY-MM-DD" env:"TONGBAN_DEMO_DATE"`
	Residents  int      `help:"Residents of the demo city." default:"2000" env:"TONGBAN_RESIDENTS"`
	Seed       uint64   `help:"Number the demo city is made from: the same number, the same people." default:"1" env:"TONGBAN_SEED"`
	Dictionary string   `help:"Folder of the city's dictionary; the built-in one if not given." placeholder:"DIR" env:"TONGBAN_DICTIONARY"`
	Items      string   `help:"Folder of item documents; the built-in ones if not given." placeholder:"DIR" env:"TONGBAN_ITEMS"`
	TLSCert    string   `name:"tls-cert" help:"Certificate file (PEM), to serve HTTPS." placeholder:"FILE" env:"TONGBAN_TLS_CERT"`
	TLSKey     string   `name:"tls-key" help:"Key file (PEM) of the certificate." placeholder:"FILE" env:"TONGBAN_TLS_KEY"`
	Proxies    []string `name:"trusted-proxies" help:"Networks of reverse proxies (CIDR) whose X-Forwarded headers are believed." placeholder:"CIDR" env:"TONGBAN_TRUSTED_PROXIES"`
	LogLevel   string   `help:"Least severe line to log: ${enum}." enum:"debug,info,warn,error" default:"info" env:"TONGBAN_LOG_LEVEL"`

	clock func() time.Time // time.Now if nil; tests stop it
	days  int              // by which the demo's clock is ahead of it
}

// now is the time by the configured clock.
func (c *Config) now() time.Time {
	now := time.Now
	if c.clock != nil {
		now = c.clock
	}
	return now().AddDate(0, 0, c.days)
}

// today is the civil date of now in the city.
func (c *Config) today() calendar.Date { return calendar.FromTime(c.now().In(china)) }

// Times of the server as a whole. Each operation has its own, shorter limits.
const (
	headerTimeout = 10 * time.Second // to send the head of a request
	readTimeout   = time.Minute      // to send all of it; an upload has its own
	writeTimeout  = 90 * time.Second // to take the answer; an upload has its own
	idleTimeout   = 2 * time.Minute  // between two requests of a connection
	graceTimeout  = 20 * time.Second // for requests under way when the server is told to stop
	sweepEvery    = time.Minute      // between looks for limits that have passed
	maxHeader     = 32 << 10         // bytes
	maxResidents  = 5_000_000        // a whole city and then some
	envPrefix     = "TONGBAN_"       // of every variable above
)

// Validate reports everything that is wrong with the configuration at once.
func (c *Config) Validate() error {
	var errs []error
	host, port, err := net.SplitHostPort(c.Addr)
	if err != nil || port == "" {
		errs = append(errs, fmt.Errorf("--addr %q: want host:port", c.Addr))
	} else if c.Demo && !loopback(host) {
		errs = append(errs, fmt.Errorf("--demo opens accounts whose password everybody knows and is refused on %q: use a loopback address such as 127.0.0.1:%s", c.Addr, port))
	}
	if _, err := calendar.Parse(c.DemoDate); c.DemoDate != "" && (err != nil || !c.Demo) {
		errs = append(errs, fmt.Errorf("--demo-date %q: want a day as 2026-11-23, with --demo only", c.DemoDate))
	}
	if c.Residents < 0 || c.Residents > maxResidents {
		errs = append(errs, fmt.Errorf("--residents %d: want 0 to %d", c.Residents, maxResidents))
	}
	if (c.TLSCert == "") != (c.TLSKey == "") {
		errs = append(errs, errors.New("--tls-cert and --tls-key go together"))
	}
	if _, err := c.proxies(); err != nil {
		errs = append(errs, err)
	}
	if strings.TrimSpace(c.Data) == "" || filepath.Clean(c.Data) == string(filepath.Separator) {
		errs = append(errs, fmt.Errorf("--data %q: want a folder of its own", c.Data))
	}
	if !validStore(c.Store) {
		errs = append(errs, errors.New("--store: want mongodb://HOST/DATABASE or mongodb+srv://HOST/DATABASE")) // it may hold a password
	}
	return errors.Join(errs...)
}

// validStore reports whether s is empty, for the data folder, or names a server by a scheme that there is a driver for.
func validStore(s string) bool {
	return s == "" || strings.HasPrefix(s, "mongodb://") || strings.HasPrefix(s, "mongodb+srv://")
}

// proxies parses the trusted networks.
func (c *Config) proxies() ([]netip.Prefix, error) {
	var out []netip.Prefix
	for _, s := range c.Proxies {
		p, err := netip.ParsePrefix(s)
		if err != nil {
			return nil, fmt.Errorf("--trusted-proxies %q: want a network such as 10.0.0.0/8", s)
		}
		out = append(out, p)
	}
	return out, nil
}

func (c *Config) level() slog.Level {
	var l slog.Level
	if err := l.UnmarshalText([]byte(c.LogLevel)); err != nil {
		return slog.LevelInfo
	}
	return l
}

// loopback reports whether a host can be reached from this machine only. A name other than localhost may resolve to
// anything, and an empty host is every interface.
func loopback(host string) bool {
	if host == "localhost" {
		return true
	}
	a, err := netip.ParseAddr(host)
	return err == nil && a.Unmap().IsLoopback()
}

// unknownVariables reports variables of ours that no flag knows, so that a typing error does not pass for a setting.
func unknownVariables(known map[string]bool, environ []string) error {
	var errs []error
	for _, v := range environ {
		name, value, _ := strings.Cut(v, "=")
		if value != "" && strings.HasPrefix(name, envPrefix) && !known[name] {
			errs = append(errs, fmt.Errorf("environment variable %s: no such setting", name))
		}
	}
	return errors.Join(errs...)
}
