// Package document admits files that people hand in. What a file is, is found in its content; its name and the type the
// sender claims are only compared with that. It keeps nothing: the caller stores the content under its hash.
package document

import (
	"archive/zip"
	"bytes"
	"image"
	_ "image/jpeg" // registers the decoder of image.DecodeConfig
	_ "image/png"  // the same
	"path"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/gabriel-vasile/mimetype"

	"github.com/tongban/tongban/engine/fault"
)

// Limits.
const (
	DefaultMaxBytes = 10 << 20    // bytes of a file whose material sets no limit of its own
	MaxPixels       = 120_000_000 // of an image: a page scanned at 1200 dpi, or a photograph of the largest phones
	maxEntries      = 10_000      // of the archive an OFD is
	maxName         = 120         // characters of a name
)

// The admitted media types. HEIC, the iPhone's own format, is not one of them: the officer's browser cannot show it.
const (
	PDF  = "application/pdf"
	JPEG = "image/jpeg"
	PNG  = "image/png"
	OFD  = "application/ofd" // GB/T 33190: a zip archive with OFD.xml at its root
)

// extensions lists the endings a name may have for a type, the usual one first.
var extensions = map[string][]string{
	PDF:  {".pdf"},
	JPEG: {".jpg", ".jpeg", ".jpe", ".jfif"},
	PNG:  {".png"},
	OFD:  {".ofd"},
}

// Document is an admitted file.
type Document struct {
	Name string // cleaned, with the ending its type has
	Type string // media type found in the content
	Size int64  // bytes
}

// Check admits a file of at most maxBytes (DefaultMaxBytes if that is not positive), or says what is wrong with it as a
// *fault.Error of kind Invalid (TooMany for its size): document.empty, document.too-large, document.type, document.heic,
// document.extension when the name's ending says something else than the content, document.pdf-damaged,
// document.image-damaged, document.image-too-large.
func Check(name string, content []byte, maxBytes int64) (Document, error) {
	if maxBytes <= 0 {
		maxBytes = DefaultMaxBytes
	}
	size := int64(len(content))
	switch {
	case size == 0:
		return Document{}, fault.New(fault.Invalid, "document.empty")
	case size > maxBytes:
		return Document{}, fault.New(fault.TooMany, "document.too-large", "max", megabytes(maxBytes))
	}
	typ, err := sniff(content)
	if err != nil {
		return Document{}, err
	}
	name, err = cleanName(name, typ)
	if err != nil {
		return Document{}, err
	}
	switch typ {
	case JPEG, PNG:
		err = checkImage(content)
	case PDF:
		err = checkPDF(content)
	}
	if err != nil {
		return Document{}, err
	}
	return Document{Name: name, Type: typ, Size: size}, nil
}

func sniff(content []byte) (string, error) {
	found := mimetype.Detect(content)
	for _, typ := range []string{PDF, JPEG, PNG} {
		if found.Is(typ) {
			return typ, nil
		}
	}
	switch {
	case found.Is("image/heic"), found.Is("image/heif"), found.Is("image/heic-sequence"), found.Is("image/heif-sequence"):
		return "", fault.New(fault.Invalid, "document.heic")
	case isZip(found) && isOFD(content):
		return OFD, nil
	}
	kind, _, _ := strings.Cut(found.String(), ";")
	return "", fault.New(fault.Invalid, "document.type", "found", kind)
}

func isZip(m *mimetype.MIME) bool {
	for ; m != nil; m = m.Parent() {
		if m.Is("application/zip") {
			return true
		}
	}
	return false
}

// isOFD looks into the archive's directory only; nothing is unpacked.
func isOFD(content []byte) bool {
	z, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil || len(z.File) > maxEntries {
		return false
	}
	for _, f := range z.File {
		if f.Name == "OFD.xml" {
			return true
		}
	}
	return false
}

// checkImage reads the header only: an image that would fill the memory of whoever opens it is stopped before anybody does.
func checkImage(content []byte) error {
	c, _, err := image.DecodeConfig(bytes.NewReader(content))
	switch {
	case err != nil || c.Width <= 0 || c.Height <= 0:
		return fault.Wrap(err, fault.Invalid, "document.image-damaged")
	case int64(c.Width)*int64(c.Height) > MaxPixels:
		return fault.New(fault.Invalid, "document.image-too-large", "width", c.Width, "height", c.Height,
			"max", MaxPixels/1_000_000)
	}
	return nil
}

// checkPDF finds what is no PDF from its first byte on, such as a page of HTML with the mark inside, and what was cut off on
// its way: ISO 32000 ends every file with an end-of-file marker. Some writers pad behind it.
func checkPDF(content []byte) error {
	if !bytes.HasPrefix(content, []byte("%PDF-")) || !bytes.Contains(content, []byte("%%EOF")) {
		return fault.New(fault.Invalid, "document.pdf-damaged")
	}
	return nil
}

// cleanName keeps what people know a file by, and nothing that could mislead them or a program: no folders, control or
// direction-changing characters, and the ending of its type.
func cleanName(name, typ string) (string, error) {
	name = strings.ToValidUTF8(name, "")
	name = path.Base(strings.ReplaceAll(name, `\`, "/"))
	name = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r), r == utf8.RuneError:
			return -1
		case unicode.IsSpace(r):
			return ' '
		case strings.ContainsRune(`<>:"/|?*`, r):
			return '_'
		}
		return r
	}, name)
	name = strings.Trim(name, " .")
	ending := strings.ToLower(path.Ext(name))
	if claimed, known := claims[ending]; known && claimed != typ {
		return "", fault.New(fault.Invalid, "document.extension", "ending", ending, "found", strings.TrimPrefix(extensions[typ][0], "."))
	}
	// Lower case may be longer than what it was made from (Ⱥ), so the stem is cut by the ending as it stands.
	stem := strings.TrimRight(strings.TrimSuffix(name, path.Ext(name)), " .")
	if _, known := claims[ending]; !known {
		stem, ending = name, extensions[typ][0]
	}
	if stem == "" || stem == "_" {
		stem = "document"
	}
	if r := []rune(stem); len(r) > maxName {
		stem = string(r[:maxName])
	}
	return stem + ending, nil
}

// claims maps an ending to the type it claims: the admitted ones, and common ones that never are what is admitted.
var claims = func() map[string]string {
	m := map[string]string{}
	for _, e := range []string{".gif", ".bmp", ".tif", ".tiff", ".webp", ".svg", ".heic", ".heif", ".doc", ".docx", ".xls",
		".xlsx", ".ppt", ".pptx", ".wps", ".et", ".zip", ".rar", ".7z", ".exe", ".bat", ".cmd", ".js", ".html", ".htm", ".txt",
		".xml", ".apk"} {
		m[e] = ""
	}
	for typ, endings := range extensions {
		for _, e := range endings {
			m[e] = typ
		}
	}
	return m
}()

func megabytes(n int64) string {
	if n >= 1<<20 {
		return strconv.FormatInt(n>>20, 10) + " MB"
	}
	return strconv.FormatInt(n>>10, 10) + " KB"
}
