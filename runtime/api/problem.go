package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/validation"

	"github.com/tongban/tongban/engine/fault"
	"github.com/tongban/tongban/rules/diag"
	"github.com/tongban/tongban/rules/lang"
	"github.com/tongban/tongban/runtime/casework"
)

// ProblemDetails is how every error leaves the server: RFC 9457 problem details, with the fault's code and arguments for programs
// and its text in both languages for people. It never carries what the caller sent, nor the cause of an internal fault.
type ProblemDetails struct {
	Type     string            `json:"type" doc:"urn:tongban:problem: and the code"`
	Title    string            `json:"title" doc:"What the status means"`
	Status   int               `json:"status"`
	Detail   string            `json:"detail" doc:"The text in the language asked for by Accept-Language"`
	Instance string            `json:"instance,omitempty" doc:"urn:tongban:request: and the request id, to quote to whoever keeps the logs"`
	Code     string            `json:"code" doc:"Stable code, dotted lower case"`
	Args     map[string]string `json:"args,omitempty" doc:"Arguments of the text"`
	Text     lang.Text         `json:"text"`
	Errors   []FieldError      `json:"errors,omitempty" doc:"What is wrong with the request, place by place"`

	retry time.Duration // for Retry-After, where waiting helps
}

// FieldError is one thing wrong with a request, or with the application it is about.
type FieldError struct {
	Location string            `json:"location" doc:"Where: body.answers and the like for a request, the fact path or material id for an application that is not ready"`
	Code     string            `json:"code"`
	Args     map[string]string `json:"args,omitempty"`
	Text     lang.Text         `json:"text"`
}

// Error implements error, for logs.
func (p *ProblemDetails) Error() string { return fmt.Sprint(p.Status, " ", p.Code) }

// GetStatus implements huma.StatusError.
func (p *ProblemDetails) GetStatus() int { return p.Status }

// GetHeaders implements huma.HeadersError.
func (p *ProblemDetails) GetHeaders() http.Header {
	if p.retry <= 0 {
		return nil
	}
	return http.Header{"Retry-After": {strconv.FormatInt(int64((p.retry+time.Second-1)/time.Second), 10)}}
}

// ContentType implements huma.ContentTypeFilter.
func (p *ProblemDetails) ContentType(string) string { return "application/problem+json" }

// status is the one place where a kind of fault becomes an HTTP status.
func status(kind fault.Kind) int {
	switch kind {
	case fault.Invalid:
		return http.StatusUnprocessableEntity
	case fault.NotFound:
		return http.StatusNotFound
	case fault.Conflict:
		return http.StatusConflict
	case fault.Forbidden:
		return http.StatusForbidden
	case fault.Unauthorized:
		return http.StatusUnauthorized
	case fault.TooMany:
		return http.StatusTooManyRequests
	case fault.Unavailable:
		return http.StatusServiceUnavailable
	default:
		return http.StatusInternalServerError
	}
}

// refuse makes a problem of this package's own: what HTTP itself knows (too large, wrong media type, no such route).
func refuse(ctx context.Context, status int, code string, args ...any) *ProblemDetails {
	f := fault.New("", code, args...)
	return build(ctx, status, f)
}

func build(ctx context.Context, status int, f *fault.Error) *ProblemDetails {
	text := diag.Diagnostic{Code: f.Code, Args: f.Args, Words: f.Words}.Both()
	p := &ProblemDetails{
		Type: "urn:tongban:problem:" + f.Code, Title: http.StatusText(status), Status: status,
		Code: f.Code, Args: f.Args, Text: text, Detail: text.Zh,
	}
	if r := requestOf(ctx); r != nil {
		p.Detail = text.In(r.language)
		p.Instance = "urn:tongban:request:" + r.id
	}
	return p
}

// problemOf turns what a service returned into what leaves the server. Internal faults and outages are noted for the log
// line of the request, with their cause; the caller learns the request id only.
func problemOf(ctx context.Context, err error) *ProblemDetails {
	var p *ProblemDetails
	if errors.As(err, &p) {
		return p
	}
	kind := fault.KindOf(err)
	r := requestOf(ctx)
	if r != nil && (kind == fault.Internal || kind == fault.Unavailable) {
		r.cause = err
	}
	if kind == fault.Internal {
		return refuse(ctx, http.StatusInternalServerError, "api.internal")
	}
	var f *fault.Error
	if !errors.As(err, &f) { // a context that ended: nobody waited long enough
		return refuse(ctx, status(kind), "api.unavailable")
	}
	p = build(ctx, status(kind), f)
	switch kind {
	case fault.TooMany:
		seconds, bad := strconv.Atoi(f.Args["seconds"])
		if bad != nil { // too much, not too often: waiting will not help, and nobody shall be told to
			p = build(ctx, http.StatusRequestEntityTooLarge, f)
			break
		}
		p.retry = time.Duration(seconds) * time.Second
	case fault.Unavailable:
		p.retry = retryUnavailable
	}
	var unready *casework.NotReadyError
	if errors.As(err, &unready) {
		for _, x := range unready.Problems {
			p.Errors = append(p.Errors, FieldError{Location: x.Path, Code: x.Code, Args: x.Args, Text: x.Text})
		}
	}
	return p
}

// retryUnavailable is when to come back after an outage: a restart takes about as long.
const retryUnavailable = 5 * time.Second

// byStatus names the problems that huma finds itself, before any service is asked.
var byStatus = map[int]string{
	http.StatusBadRequest:            "api.bad-request",
	http.StatusRequestTimeout:        "api.slow-request",
	http.StatusRequestEntityTooLarge: "api.too-large",
	http.StatusUnsupportedMediaType:  "api.unsupported-type",
	http.StatusNotAcceptable:         "api.unsupported-type",
	http.StatusUnprocessableEntity:   "api.invalid-request",
	http.StatusNotFound:              "api.no-route",
	http.StatusMethodNotAllowed:      "api.no-method",
}

func problemOfStatus(ctx context.Context, status int) *ProblemDetails {
	code, known := byStatus[status]
	if !known {
		return refuse(ctx, http.StatusInternalServerError, "api.internal")
	}
	return refuse(ctx, status, code)
}

// sep divides the code from the arguments in what huma takes for a message. No argument can hold it: they come from schemas.
const sep = "\x1f"

// findings gives each of huma's validation messages a code instead of an English sentence, and its arguments their names.
var findings = []struct {
	message *string
	code    string
	args    []string
}{
	{&validation.MsgUnexpectedProperty, "api.unexpected-property", nil},
	{&validation.MsgExpectedRequiredProperty, "api.missing-property", []string{"name"}},
	{&validation.MsgExpectedBoolean, "api.not-boolean", nil},
	{&validation.MsgExpectedNumber, "api.not-number", nil},
	{&validation.MsgExpectedInteger, "api.not-integer", nil},
	{&validation.MsgExpectedString, "api.not-string", nil},
	{&validation.MsgExpectedArray, "api.not-array", nil},
	{&validation.MsgExpectedObject, "api.not-object", nil},
	{&validation.MsgExpectedRFC3339Date, "api.not-date", nil},
	{&validation.MsgExpectedOneOf, "api.not-one-of", []string{"values"}},
	{&validation.MsgExpectedMinimumNumber, "api.too-small", []string{"limit"}},
	{&validation.MsgExpectedMaximumNumber, "api.too-big", []string{"limit"}},
	{&validation.MsgExpectedMinLength, "api.too-short", []string{"limit"}},
	{&validation.MsgExpectedMaxLength, "api.too-long", []string{"limit"}},
	{&validation.MsgExpectedMinItems, "api.too-few", []string{"limit"}},
	{&validation.MsgExpectedMaxItems, "api.too-many", []string{"limit"}},
	{&validation.MsgExpectedMatchPattern, "api.wrong-form", []string{"pattern"}},
}

// huma offers its error constructors, its messages and its view of slices as package variables only; they are set once,
// before any API is made, to the same values for everybody.
func init() {
	huma.DefaultArrayNullable = false // every list this server sends is [] when empty; a test holds the services to it
	for _, f := range findings {
		*f.message = f.code
	}
	huma.ErrorFormatter = func(code string, args ...any) string {
		var b strings.Builder
		b.WriteString(code)
		for _, a := range args {
			b.WriteString(sep + fmt.Sprint(a))
		}
		return b.String()
	}
	huma.NewErrorWithContext = func(c huma.Context, status int, _ string, errs ...error) huma.StatusError {
		return fromHuma(c.Context(), status, errs)
	}
	huma.NewError = func(status int, _ string, errs ...error) huma.StatusError {
		return fromHuma(context.Background(), status, errs)
	}
}

// fromHuma makes a problem of what huma found. A problem among the errors (from a resolver) stands for all.
func fromHuma(ctx context.Context, status int, errs []error) *ProblemDetails {
	for _, err := range errs {
		var p *ProblemDetails
		if errors.As(err, &p) {
			return p
		}
	}
	r := requestOf(ctx)
	if status == http.StatusInternalServerError && r != nil && r.broken {
		return problemOfStatus(ctx, http.StatusBadRequest)
	}
	p := problemOfStatus(ctx, status)
	if status >= http.StatusInternalServerError {
		if r != nil {
			r.cause = errors.Join(errs...)
		}
		return p
	}
	for _, err := range errs {
		var d huma.ErrorDetailer
		if !errors.As(err, &d) {
			continue
		}
		p.Errors = append(p.Errors, fieldError(d.ErrorDetail()))
	}
	slices.SortStableFunc(p.Errors, func(a, b FieldError) int { return strings.Compare(a.Location, b.Location) })
	return p
}

func fieldError(d *huma.ErrorDetail) FieldError {
	code, rest, _ := strings.Cut(d.Message, sep)
	e := FieldError{Location: d.Location, Code: "api.bad-value"}
	for _, f := range findings {
		if f.code != code {
			continue
		}
		e.Code = code
		for i, v := range strings.Split(rest, sep) {
			if i < len(f.args) {
				if e.Args == nil {
					e.Args = map[string]string{}
				}
				e.Args[f.args[i]] = v
			}
		}
	}
	e.Text = diag.Diagnostic{Code: e.Code, Args: e.Args}.Both()
	return e
}
