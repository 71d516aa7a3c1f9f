package api

import (
	"context"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"path"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humaecho"

	"github.com/tongban/tongban/engine/fault"
)

// Limits of an upload. 20 MB is a dozen scanned pages at 300 dpi; a material may allow less, which the case service checks.
const (
	maxUpload     = 20 << 20
	uploadTimeout = 5 * time.Minute // 20 MB over the 600 kbit/s that a village line gives
	uploadsAtOnce = 8               // each holds its content in memory: 160 MB at most
	maxFilename   = 200             // bytes; longer names are cut, the end with the extension kept
)

// HashPath names content by its hash.
type HashPath struct {
	Hash string `path:"hash" pattern:"^[0-9a-f]{64}$" doc:"SHA-256 of the content, hex"`
}

// upload is one file of a multipart form, read while it arrives and never written to a temporary file.
type upload struct {
	MaterialPath
	filename string
	content  []byte
}

// Resolve implements huma.Resolver: it reads the file, after access was checked.
func (u *upload) Resolve(c huma.Context) []error {
	name, content, err := receive(c)
	if err != nil {
		return []error{problemOf(c.Context(), err)}
	}
	u.filename, u.content = name, content
	return nil
}

// registerUpload registers an operation that takes one file. Nothing is read until the caller is known and let in, and no
// more than the limits allow.
func registerUpload[O any](a *API, o op, handle func(context.Context, *upload) (*O, error)) {
	d := a.describe(o)
	d.Middlewares = append(d.Middlewares, func(c huma.Context, next func(huma.Context)) {
		select {
		case a.uploads <- struct{}{}:
			defer func() { <-a.uploads }()
			next(c)
		case <-c.Context().Done():
			a.write(c, problemOf(c.Context(), c.Context().Err()))
		}
	})
	huma.Register(a.huma, d, problems(handle))
	// Added afterwards, for huma reads a body that the description names before any resolver runs.
	a.huma.OpenAPI().Paths[d.Path].Post.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{
		"multipart/form-data": {Schema: &huma.Schema{
			Type:       huma.TypeObject,
			Properties: map[string]*huma.Schema{"file": {Type: huma.TypeString, Format: "binary"}},
			Required:   []string{"file"},
		}},
	}}
}

// receive reads the part "file" of a multipart form.
func receive(c huma.Context) (name string, content []byte, err error) {
	ctx := c.Context()
	kind, params, err := mime.ParseMediaType(c.Header("Content-Type"))
	if err != nil || kind != "multipart/form-data" || params["boundary"] == "" {
		return "", nil, problemOfStatus(ctx, http.StatusUnsupportedMediaType)
	}
	e := humaecho.Unwrap(c)
	deadlines := http.NewResponseController(e.Response())
	until := time.Now().Add(uploadTimeout)
	_ = deadlines.SetReadDeadline(until) // where the connection cannot, the server's own shorter limit holds
	_ = deadlines.SetWriteDeadline(until.Add(time.Minute))
	const overhead = 1 << 20 // part headers and other parts
	body := http.MaxBytesReader(e.Response(), e.Request().Body, maxUpload+overhead)
	parts := multipart.NewReader(body, params["boundary"])
	for {
		part, err := parts.NextPart()
		switch {
		case errors.Is(err, io.EOF):
			return "", nil, fault.New(fault.Invalid, "api.no-file")
		case err != nil:
			return "", nil, uploadProblem(ctx, err)
		case part.FormName() != "file":
			continue
		}
		content, err := io.ReadAll(io.LimitReader(part, maxUpload+1))
		if err != nil {
			return "", nil, uploadProblem(ctx, err)
		}
		if len(content) > maxUpload {
			return "", nil, tooLarge(ctx)
		}
		if len(content) == 0 {
			return "", nil, fault.New(fault.Invalid, "api.empty-file")
		}
		return filename(part.FileName()), content, nil
	}
}

func tooLarge(ctx context.Context) *ProblemDetails {
	return refuse(ctx, http.StatusRequestEntityTooLarge, "api.file-too-large", "limit", "20 MB")
}

func uploadProblem(ctx context.Context, err error) error {
	var over *http.MaxBytesError
	if errors.As(err, &over) {
		return tooLarge(ctx)
	}
	return refuse(ctx, http.StatusBadRequest, "api.broken-upload")
}

// filename makes a name safe to show, store and send back: no folders, no control or direction-changing characters.
func filename(name string) string {
	name = path.Base(strings.ReplaceAll(name, `\`, "/"))
	name = strings.Map(func(r rune) rune {
		if r == utf8.RuneError || unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, name)
	name = strings.TrimSpace(name)
	for len(name) > maxFilename {
		_, size := utf8.DecodeRuneInString(name)
		name = name[size:]
	}
	if name == "" || name == "." || name == ".." || name == "/" {
		return "file"
	}
	return name
}

// inline are the media types a browser may show by itself; everything else is only saved.
var inline = map[string]bool{"application/pdf": true, "image/jpeg": true, "image/png": true, "image/webp": true}

// registerDownload registers an operation that answers with the content of a file of a draft or a case.
func registerDownload(a *API, o op) {
	type fileReply struct {
		ContentType  string `header:"Content-Type"`
		Disposition  string `header:"Content-Disposition"`
		Policy       string `header:"Content-Security-Policy"`
		FrameOptions string `header:"X-Frame-Options"`
		Body         []byte
	}
	d := a.describe(o)
	d.Responses = map[string]*huma.Response{"200": {
		Description: "The content", Content: map[string]*huma.MediaType{
			"application/octet-stream": {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}},
		},
	}}
	huma.Register(a.huma, d, problems(func(ctx context.Context, in *struct {
		DraftPath
		HashPath
	}) (*fileReply, error) {
		f, content, err := a.casework.File(ctx, actor(ctx), in.ID, in.Hash)
		if err != nil {
			return nil, err
		}
		how, kind := "attachment", "application/octet-stream"
		if inline[f.Type] {
			how, kind = "inline", f.Type
		}
		return &fileReply{
			ContentType: kind, Body: content,
			Disposition: mime.FormatMediaType(how, map[string]string{"filename": f.Name}),
			// What people upload runs nothing and loads nothing; our own screens may show it in a frame.
			Policy:       "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; object-src 'self'; frame-ancestors 'self'",
			FrameOptions: "SAMEORIGIN",
		}, nil
	}))
}
