package api

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/tongban/tongban/engine/fault"
)

// unbuilt is shown where the binary was made without the screens.
//
//go:embed unbuilt.html
var unbuilt []byte

// screen is one file of the built screens, ready to send.
type screen struct {
	content []byte
	kind    string
	etag    string
	cache   string
}

// screens serves the single-page application. A path without an extension is a place inside it (/desk/..., /m/...) and gets
// the page itself; a file that does not exist is not found. Hashed assets are kept for ever, the page is always asked for.
func (a *API) screens(built fs.FS) {
	files := load(built)
	index, ok := files["index.html"]
	if !ok {
		index = newScreen("index.html", unbuilt)
	}
	serve := func(c echo.Context) error {
		name := strings.TrimPrefix(path.Clean(c.Request().URL.Path), "/")
		if name == "api" || strings.HasPrefix(name, "api/") {
			return fault.New(fault.NotFound, "api.no-route")
		}
		s, found := files[name]
		switch {
		case found:
		case path.Ext(name) == "":
			s = index
		default:
			return fault.New(fault.NotFound, "api.no-route")
		}
		h := c.Response().Header()
		h.Set("Content-Type", s.kind)
		h.Set("ETag", s.etag)
		h.Set("Cache-Control", s.cache)
		http.ServeContent(c.Response(), c.Request(), "", time.Time{}, bytes.NewReader(s.content))
		return nil
	}
	a.echo.GET("/*", serve)
	a.echo.HEAD("/*", serve)
}

// load reads the built screens into memory: a few megabytes, read-only, and immune to what happens on the disk.
func load(built fs.FS) map[string]screen {
	files := map[string]screen{}
	if built == nil {
		return files
	}
	err := fs.WalkDir(built, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasPrefix(path.Base(name), ".") {
			return err
		}
		raw, err := fs.ReadFile(built, name)
		files[name] = newScreen(name, raw)
		return err
	})
	if err != nil {
		panic(err) // the screens are inside the binary: a defect
	}
	return files
}

func newScreen(name string, content []byte) screen {
	sum := sha256.Sum256(content)
	kind := mime.TypeByExtension(path.Ext(name))
	switch path.Ext(name) { // not left to the machine's own tables
	case ".html":
		kind = "text/html; charset=utf-8"
	case ".js", ".mjs":
		kind = "text/javascript; charset=utf-8"
	case ".webmanifest":
		kind = "application/manifest+json"
	case "":
		kind = "application/octet-stream"
	}
	cache := "no-cache"
	if strings.HasPrefix(name, "assets/") { // the bundler puts a hash of the content into these names
		cache = "public, max-age=31536000, immutable"
	}
	return screen{content: content, kind: kind, etag: `W/"` + base64.RawURLEncoding.EncodeToString(sum[:12]) + `"`, cache: cache}
}
