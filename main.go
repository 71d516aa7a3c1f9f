// Command tongban runs the platform and serves those who write its documents: one binary, one folder of data.
package main

import (
	"bufio"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"reflect"
	"runtime/debug"
	"strings"
	"syscall"
	"text/tabwriter"

	"github.com/alecthomas/kong"

	"github.com/tongban/tongban/engine/fault"
	"github.com/tongban/tongban/rules/diag"
	"github.com/tongban/tongban/rules/lang"
	"github.com/tongban/tongban/runtime/account"
	"github.com/tongban/tongban/runtime/api"
)

func main() {
	os.Exit(run(context.Background(), os.Args[1:], os.Environ(), os.Stdin, os.Stdout, os.Stderr))
}

// commands is the grammar of the command line.
type commands struct {
	Lang string `help:"Language of messages: zh or en; by default what LANG says." enum:"zh,en,auto" default:"auto" env:"TONGBAN_LANG"`

	Serve   serveCmd   `cmd:"" help:"Run the platform."`
	Check   checkCmd   `cmd:"" help:"Check item documents and dictionaries; print every diagnostic."`
	Test    testCmd    `cmd:"" help:"Run the examples inside item documents."`
	Eval    evalCmd    `cmd:"" help:"Evaluate an item document over given facts; print the Outcome as JSON."`
	Seed    seedCmd    `cmd:"" help:"Fill a data folder with a demo city."`
	User    userCmd    `cmd:"" help:"Manage accounts."`
	OpenAPI openAPICmd `cmd:"" name:"openapi" help:"Print the OpenAPI document of the HTTP interface."`
	DMN     dmnCmd     `cmd:"" name:"dmn" help:"Read and write decision tables as DMN."`
	Version versionCmd `cmd:"" help:"Print the version of this program."`
}

// cli is what every verb works with.
type cli struct {
	ctx            context.Context
	lang           lang.Tag
	stdin          io.Reader
	stdout, stderr io.Writer
}

// untilStopped is the context of a verb that has something to finish when it is told to stop; a second signal ends it at
// once. Every other verb ends at the first: one that waits for its standard input would not hear of a context.
func (c *cli) untilStopped() (context.Context, context.CancelFunc) {
	ctx, stop := signal.NotifyContext(c.ctx, os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)
	return ctx, stop
}

// say chooses a text in the person's language.
func (c *cli) say(t lang.Text) string { return t.In(c.lang) }

// errFound makes the exit status 1 without another message: what is wrong has been printed.
var errFound = errors.New("findings were printed")

// exit is how the parser ends the program early (--help), caught in run.
type exit int

// run is the program without the process around it: it returns the exit status.
func run(ctx context.Context, args, environ []string, stdin io.Reader, stdout, stderr io.Writer) (status int) {
	defer func() {
		if v := recover(); v != nil {
			e, ok := v.(exit)
			if !ok {
				panic(v)
			}
			status = int(e)
		}
	}()
	c := &cli{ctx: ctx, stdin: stdin, stdout: stdout, stderr: stderr, lang: systemLanguage(environ)}
	var cmd commands
	parser, err := kong.New(&cmd,
		kong.Name("tongban"),
		kong.Description("Tongban 通办: a city's public services, declared once as data and served at any window."),
		kong.Writers(stdout, stderr),
		kong.Exit(func(code int) { panic(exit(code)) }),
		kong.UsageOnError(),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 100}),
		kong.Bind(c),
	)
	if err != nil {
		panic(err) // the grammar is made of types: a defect
	}
	k, err := parser.Parse(args)
	if err == nil {
		err = unknownVariables(variables(reflect.TypeFor[commands]()), environ)
	}
	if err != nil {
		fmt.Fprintln(stderr, "tongban:", err)
		return 2
	}
	switch cmd.Lang {
	case "zh", "en":
		c.lang = lang.Tag(cmd.Lang)
	}
	switch err := k.Run(); {
	case err == nil:
		return 0
	case errors.Is(err, errFound):
		return 1
	default:
		fmt.Fprintln(stderr, "tongban:", c.explain(err))
		return 1
	}
}

// explain is an error in the person's words: a fault's own text, with the cause that the person at the console may see.
func (c *cli) explain(err error) string {
	var f *fault.Error
	if !errors.As(err, &f) {
		return err.Error()
	}
	text := diag.Diagnostic{Code: f.Code, Args: f.Args, Words: f.Words}.Text(c.lang)
	if f.Cause != nil {
		text += " (" + f.Cause.Error() + ")"
	}
	return text
}

// systemLanguage is what the usual variables ask for: English unless they say Chinese.
func systemLanguage(environ []string) lang.Tag {
	for _, name := range []string{"LC_ALL=", "LC_MESSAGES=", "LANG="} {
		for _, v := range environ {
			if value, ok := strings.CutPrefix(v, name); ok && value != "" {
				if strings.HasPrefix(strings.ToLower(value), "zh") {
					return lang.Zh
				}
				return lang.En
			}
		}
	}
	return lang.En
}

// variables are the names of the environment variables in the tags of a grammar.
func variables(t reflect.Type) map[string]bool {
	known := map[string]bool{}
	for i := range t.NumField() {
		f := t.Field(i)
		if name := f.Tag.Get("env"); name != "" {
			known[name] = true
		}
		if f.Type.Kind() == reflect.Struct {
			for name := range variables(f.Type) {
				known[name] = true
			}
		}
	}
	return known
}

// serveCmd is `tongban serve`.
type serveCmd struct {
	Config
}

// Run serves until it is told to stop.
func (v *serveCmd) Run(c *cli) error {
	ctx, stop := c.untilStopped()
	defer stop()
	a, err := Open(ctx, v.Config, c.stderr)
	if err != nil {
		return err
	}
	defer a.Close()
	a.greet(c)
	return a.Run(ctx)
}

// seedCmd is `tongban seed`.
type seedCmd struct {
	Data      string `help:"Folder to fill." default:"data" env:"TONGBAN_DATA"`
	Store     string `help:"MongoDB to fill instead, mongodb://HOST/DATABASE." placeholder:"URI" env:"TONGBAN_STORE"`
	Residents int    `help:"How many residents." default:"2000"`
	Seed      uint64 `help:"Number the city is made from: the same number, the same people." default:"1"`
}

// Run fills a data folder with people; what is there already is brought up to date.
func (v *seedCmd) Run(c *cli) error {
	cfg := Config{Data: v.Data, Store: v.Store, Residents: v.Residents, Seed: v.Seed, Addr: "127.0.0.1:0"}
	if err := cfg.Validate(); err != nil {
		return err
	}
	ctx, stop := c.untilStopped()
	defer stop()
	s, err := openStore(ctx, &cfg)
	if err != nil {
		return err
	}
	defer s.Close()
	return seedResidents(ctx, s, &cfg, c.stderr)
}

// userCmd is `tongban user`.
type userCmd struct {
	Add     userAddCmd     `cmd:"" help:"Open an account."`
	List    userListCmd    `cmd:"" help:"List the accounts."`
	Passwd  userPasswdCmd  `cmd:"" help:"Give an account a new password; signs it out everywhere."`
	Disable userDisableCmd `cmd:"" help:"Close an account, or open it again with --undo."`
}

// dataFlag is the store that the verbs about accounts work on. The server must not be running on a folder; it may on MongoDB.
type dataFlag struct {
	Data  string `help:"Folder that holds everything the city keeps." default:"data" env:"TONGBAN_DATA"`
	Store string `help:"MongoDB that holds it instead, mongodb://HOST/DATABASE." placeholder:"URI" env:"TONGBAN_STORE"`
}

func (f dataFlag) with(ctx context.Context, do func(*account.Service) error) error {
	cfg := Config{Data: f.Data, Store: f.Store, Addr: "127.0.0.1:0"}
	if err := cfg.Validate(); err != nil {
		return err
	}
	s, err := openStore(ctx, &cfg)
	if err != nil {
		return err
	}
	defer s.Close()
	return do(account.New(s, nil))
}

// passwordFlag says where a password comes from. It is never an argument, which every process of the machine could read.
type passwordFlag struct {
	PasswordStdin bool `help:"Read the password from the first line of standard input instead of making one up and printing it."`
}

func (f passwordFlag) get(c *cli) (password string, made bool, err error) {
	if !f.PasswordStdin {
		return rand.Text(), true, nil // 26 letters and digits, 130 bits
	}
	line, err := bufio.NewReader(io.LimitReader(c.stdin, 4096)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", false, err
	}
	return strings.TrimRight(line, "\r\n"), false, nil
}

func (c *cli) tellPassword(username, password string, made bool) {
	if made {
		fmt.Fprintf(c.stdout, "%s %s\n", username, password)
	}
}

type userAddCmd struct {
	dataFlag
	passwordFlag
	Username string   `arg:"" help:"User name: lower-case letters, digits and . _ -"`
	Name     string   `help:"Name of the person." required:""`
	Role     []string `help:"Role, once or more: clerk officer supervisor policy-editor policy-reviewer admin resident." required:"" placeholder:"ROLE"`
	Office   string   `help:"Key of the office the account acts for." placeholder:"KEY"`
}

// Run opens an account and prints its password if it made one up.
func (v *userAddCmd) Run(c *cli) error {
	if v.Office != "" {
		dict, found := builtinDictionary()
		if found.HasErrors() {
			return errors.New(found[0].Text(c.lang))
		}
		if _, ok := dict.Office(v.Office); !ok {
			return fault.New(fault.Invalid, "account.bad-office", "office", v.Office)
		}
	}
	password, made, err := v.get(c)
	if err != nil {
		return err
	}
	roles := make([]account.Role, len(v.Role))
	for i, r := range v.Role {
		roles[i] = account.Role(r)
	}
	return v.with(c.ctx, func(s *account.Service) error {
		a, err := s.Create(c.ctx, account.Account{Username: v.Username, Name: v.Name, Roles: roles, Office: v.Office}, password)
		if err == nil {
			c.tellPassword(a.Username, password, made)
		}
		return err
	})
}

type userListCmd struct {
	dataFlag
	JSON bool `name:"json" help:"Print as JSON."`
}

// Run lists the accounts.
func (v *userListCmd) Run(c *cli) error {
	return v.with(c.ctx, func(s *account.Service) error {
		all, err := s.List(c.ctx)
		if err != nil {
			return err
		}
		if v.JSON {
			return printJSON(c.stdout, all)
		}
		w := tabwriter.NewWriter(c.stdout, 0, 0, 2, ' ', 0)
		for _, a := range all {
			state := "open"
			if a.Disabled {
				state = "closed"
			}
			roles := make([]string, len(a.Roles))
			for i, r := range a.Roles {
				roles[i] = string(r)
			}
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", a.Username, state, strings.Join(roles, ","), a.Office, a.Name)
		}
		return w.Flush()
	})
}

type userPasswdCmd struct {
	dataFlag
	passwordFlag
	Username string `arg:""`
}

// Run gives an account a new password.
func (v *userPasswdCmd) Run(c *cli) error {
	password, made, err := v.get(c)
	if err != nil {
		return err
	}
	return v.with(c.ctx, func(s *account.Service) error {
		if err := s.SetPassword(c.ctx, v.Username, password); err != nil {
			return err
		}
		c.tellPassword(v.Username, password, made)
		return nil
	})
}

type userDisableCmd struct {
	dataFlag
	Username string `arg:""`
	Undo     bool   `help:"Open the account again."`
}

// Run closes an account or opens it again.
func (v *userDisableCmd) Run(c *cli) error {
	return v.with(c.ctx, func(s *account.Service) error { return s.SetDisabled(c.ctx, v.Username, !v.Undo) })
}

type openAPICmd struct{}

// Run prints the document that the screens' types are made from.
func (openAPICmd) Run(c *cli) error {
	raw, err := api.New(api.Deps{}).Document()
	if err != nil {
		return err
	}
	_, err = c.stdout.Write(raw)
	return err
}

type versionCmd struct{}

// Run prints what the build knows of itself.
func (versionCmd) Run(c *cli) error {
	_, err := fmt.Fprintln(c.stdout, "tongban", programVersion())
	return err
}

// programVersion is the module version and the revision it was built from, as the Go toolchain recorded them.
func programVersion() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	parts := []string{info.Main.Version}
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision" && !strings.Contains(info.Main.Version, s.Value[:min(12, len(s.Value))]):
			parts = append(parts, s.Value[:min(12, len(s.Value))])
		case s.Key == "vcs.modified" && s.Value == "true" && !strings.Contains(info.Main.Version, "dirty"):
			parts = append(parts, "dirty")
		}
	}
	return strings.Join(append(parts, info.GoVersion), " ")
}

// newLog writes one JSON object a line.
func newLog(w io.Writer, level slog.Level) *slog.Logger {
	return slog.New(slog.NewJSONHandler(w, &slog.HandlerOptions{Level: level}))
}
