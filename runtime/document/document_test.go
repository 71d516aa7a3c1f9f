package document_test

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"

	"github.com/tongban/tongban/engine/fault"
	"github.com/tongban/tongban/rules/diag"
	"github.com/tongban/tongban/runtime/document"
)

func picture(t testing.TB, encode func(*bytes.Buffer, image.Image) error) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := encode(&b, image.NewGray(image.Rect(0, 0, 40, 30))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func archive(t testing.TB, names ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, n := range names {
		w, err := z.Create(n)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte("<?xml version=\"1.0\"?>")); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// hugePNG is a valid header that claims dimensions no page has.
func hugePNG(width, height uint32) []byte {
	head := make([]byte, 13)
	binary.BigEndian.PutUint32(head, width)
	binary.BigEndian.PutUint32(head[4:], height)
	head[8], head[9] = 8, 0
	var b bytes.Buffer
	b.WriteString("\x89PNG\r\n\x1a\n")
	_ = binary.Write(&b, binary.BigEndian, uint32(len(head)))
	chunk := append([]byte("IHDR"), head...)
	b.Write(chunk)
	_ = binary.Write(&b, binary.BigEndian, crc32.ChecksumIEEE(chunk))
	return b.Bytes()
}

func TestCheck(t *testing.T) {
	pdf := []byte("%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n")
	jpg := picture(t, func(b *bytes.Buffer, m image.Image) error { return jpeg.Encode(b, m, nil) })
	pngs := picture(t, func(b *bytes.Buffer, m image.Image) error { return png.Encode(b, m) })
	ofd := archive(t, "OFD.xml", "Doc_0/Document.xml")
	heic := append([]byte{0, 0, 0, 24}, []byte("ftypheic\x00\x00\x00\x00heicmif1")...)

	for _, c := range []struct {
		title, name string
		content     []byte
		max         int64
		want        document.Document
		code        string
	}{
		{title: "pdf", name: "身份证.pdf", content: pdf, want: document.Document{Name: "身份证.pdf", Type: document.PDF}},
		{title: "upper-case ending", name: "SCAN.PDF", content: pdf, want: document.Document{Name: "SCAN.pdf", Type: document.PDF}},
		{title: "jpeg", name: "户口簿.jpeg", content: jpg, want: document.Document{Name: "户口簿.jpeg", Type: document.JPEG}},
		{title: "png", name: "a.png", content: pngs, want: document.Document{Name: "a.png", Type: document.PNG}},
		{title: "ofd", name: "证照.ofd", content: ofd, want: document.Document{Name: "证照.ofd", Type: document.OFD}},
		{title: "no ending", name: "scan0001", content: pdf, want: document.Document{Name: "scan0001.pdf", Type: document.PDF}},
		{title: "a dot that is no ending", name: "2026.3.1", content: pdf, want: document.Document{Name: "2026.3.1.pdf", Type: document.PDF}},
		{title: "no name", name: "", content: pdf, want: document.Document{Name: "document.pdf", Type: document.PDF}},
		{title: "only dots", name: "../..", content: pdf, want: document.Document{Name: "document.pdf", Type: document.PDF}},
		{title: "folders", name: `C:\用户\..\..\etc\x.pdf`, content: pdf, want: document.Document{Name: "x.pdf", Type: document.PDF}},
		{title: "direction override", name: "evil\u202efdp.pdf", content: pdf, want: document.Document{Name: "evilfdp.pdf", Type: document.PDF}},
		{title: "control characters", name: "a\r\nSet-Cookie: x.pdf", content: pdf, want: document.Document{Name: "aSet-Cookie_ x.pdf", Type: document.PDF}},
		{title: "long name", name: strings.Repeat("长", 500) + ".pdf", content: pdf, want: document.Document{Name: strings.Repeat("长", 120) + ".pdf", Type: document.PDF}},
		{title: "an ending that grows in lower case", name: "a.ȺȺ", content: pdf, want: document.Document{Name: "a.ȺȺ.pdf", Type: document.PDF}},
		{title: "an ending that shrinks in lower case", name: "a.İ", content: pdf, want: document.Document{Name: "a.İ.pdf", Type: document.PDF}},
		{title: "at the limit", name: "a.pdf", content: pdf, max: int64(len(pdf)), want: document.Document{Name: "a.pdf", Type: document.PDF}},

		{title: "over the limit", name: "a.pdf", content: pdf, max: int64(len(pdf)) - 1, code: "document.too-large"},
		{title: "over the default", name: "a.pdf", content: append(pdf, make([]byte, document.DefaultMaxBytes)...), code: "document.too-large"},
		{title: "empty", name: "a.pdf", code: "document.empty"},
		{title: "jpeg named pdf", name: "a.pdf", content: jpg, code: "document.extension"},
		{title: "pdf named exe", name: "a.exe", content: pdf, code: "document.extension"},
		{title: "html named pdf", name: "a.pdf", content: []byte("<html><script>alert(1)</script>"), code: "document.type"},
		{title: "html before the mark of a pdf", name: "a.pdf", content: append([]byte("<html><script>alert(1)</script>"), pdf...), code: "document.pdf-damaged"},
		{title: "only the mark of a pdf", name: "a.pdf", content: []byte("%PDF-"), code: "document.pdf-damaged"},
		{title: "pdf cut off", name: "a.pdf", content: pdf[:len(pdf)-8], code: "document.pdf-damaged"},
		{title: "svg", name: "a.svg", content: []byte(`<svg xmlns="http://www.w3.org/2000/svg"/>`), code: "document.type"},
		{title: "windows program named jpg", name: "a.jpg", content: []byte("MZ\x90\x00\x03\x00\x00\x00"), code: "document.type"},
		{title: "plain zip named ofd", name: "a.ofd", content: archive(t, "x.txt"), code: "document.type"},
		{title: "OFD.xml not at the root", name: "a.ofd", content: archive(t, "sub/OFD.xml"), code: "document.type"},
		{title: "cut off zip named ofd", name: "a.ofd", content: ofd[:len(ofd)-10], code: "document.type"},
		{title: "heic", name: "IMG_1.HEIC", content: heic, code: "document.heic"},
		{title: "jpeg cut off in its header", name: "a.jpg", content: jpg[:12], code: "document.image-damaged"},
		{title: "image of 3.6 thousand megapixels", name: "a.png", content: hugePNG(60_000, 60_000), code: "document.image-too-large"},
	} {
		t.Run(c.title, func(t *testing.T) {
			got, err := document.Check(c.name, c.content, c.max)
			if c.code != "" {
				if fault.CodeOf(err) != c.code {
					t.Fatalf("got %v, want %s", err, c.code)
				}
				if _, ok := diag.Codes()[c.code]; !ok {
					t.Errorf("%s is not in the catalogue", c.code)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			c.want.Size = int64(len(c.content))
			if got != c.want {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
		})
	}
}
