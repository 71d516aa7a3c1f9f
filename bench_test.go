package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/oklog/ulid/v2"

	"github.com/tongban/tongban/engine/plan"
	"github.com/tongban/tongban/engine/store"
	"github.com/tongban/tongban/engine/store/storetest"
	"github.com/tongban/tongban/rules/beside"
	"github.com/tongban/tongban/runtime/casework"
)

// BenchmarkEvaluateHTTP asks for evaluations over HTTP from 32 callers ("requests/s"), beside an echo handler that only decodes
// the same requests and encodes the same answers ("echo/s"). It takes turns with it, and reports the medians.
func BenchmarkEvaluateHTTP(b *testing.B) {
	const turn = 300
	a := start(b, Config{Data: b.TempDir(), Demo: true, Residents: 100, Seed: 1, Proxies: []string{"127.0.0.0/8"}})
	body := []byte(`{"date": "2026-11-16", "answers": {"applicant": {"id_type": "resident-id", "id_number": "510499194603019029", "name": "李秀英",
		"phone": "13900000001", "hukou_division": "510402002", "residence_division": "510402002", "residence_address": "示例路1号"},
		"agent": null, "payee": {"account_name": "李秀英", "bank_name": "示例银行", "bank_account": "6222020000000000018"},
		"form": {"living": true, "lives_elsewhere": false}}}`)
	const path = "/api/v1/items/512B0003600037/evaluate"
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64, DisableCompression: true}}
	answer, err := post(client, a.URL()+path, body)
	if err != nil {
		b.Fatal(err)
	}
	var outcome plan.Outcome
	if err := json.Unmarshal(answer, &outcome); err != nil || outcome.Eligibility.Verdict != plan.Met {
		b.Fatalf("%v: %s", err, answer)
	}
	e := echo.New()
	e.POST(path, func(c echo.Context) error {
		var in casework.EvaluateRequest
		if err := c.Bind(&in); err != nil {
			return err
		}
		return c.JSON(http.StatusOK, &outcome)
	})
	bare := httptest.NewServer(e)
	b.Cleanup(bare.Close)
	rate := func(url string) float64 {
		began := time.Now()
		together(32, turn, func(int) {
			if _, err := post(client, url+path, body); err != nil {
				b.Error(err)
			}
		})
		return turn / time.Since(began).Seconds()
	}
	var ours, bares, ratios []float64
	rate(a.URL()) // the first turn only warms up
	rate(bare.URL)
	for b.Loop() {
		one, two := rate(a.URL()), rate(bare.URL)
		ours, bares, ratios = append(ours, one), append(bares, two), append(ratios, one/two)
	}
	b.ReportMetric(median(ours), "requests/s")
	b.ReportMetric(median(bares), "echo/s")
	b.ReportMetric(median(ratios), "of-echo")
	b.ReportMetric(0, "ns/op")
}

// BenchmarkStart starts the program with 309 items, as many as the city has ("start"), beside compiling them once on all
// processors ("compile") and one after the other ("single").
func BenchmarkStart(b *testing.B) {
	const items = 309
	seeded := collect([]string{"seeds/items"}).items
	dir := b.TempDir()
	docs := make([]*document, items)
	for i := range docs {
		d := seeded[i%len(seeded)]
		code := regexp.MustCompile(`"code": "[^"]*"`).FindIndex(d.raw)
		raw := slices.Concat(d.raw[:code[0]], fmt.Appendf(nil, `"code": "BENCH-%d"`, i), d.raw[code[1]:])
		docs[i] = &document{file: filepath.Join(dir, fmt.Sprintf("%d.json", i)), raw: raw}
		if err := os.WriteFile(docs[i].file, raw, 0o600); err != nil {
			b.Fatal(err)
		}
	}
	dict, found := builtinDictionary()
	if found.HasErrors() {
		b.Fatal(found)
	}
	words := plan.Prepare(dict)
	cfg := Config{Data: b.TempDir(), Addr: "127.0.0.1:0", Items: dir}
	beside.Measure(b,
		beside.Side{Name: "start", Do: func() {
			a, err := Open(b.Context(), cfg, io.Discard)
			if err != nil {
				b.Fatal(err)
			}
			if err := a.Close(); err != nil {
				b.Fatal(err)
			}
		}},
		beside.Side{Name: "compile", Do: func() { compileAll(docs, words) }},
		beside.Side{Name: "single", Do: func() {
			for _, d := range docs {
				if d.compile(words); d.plan == nil {
					b.Fatal(d.found)
				}
			}
		}},
	)
}

// BenchmarkSubmitHTTP submits cases over HTTP from 32 callers, each case a draft of its own ("submissions/s"), beside an echo
// handler that only decodes the request, group-commits as many bytes as a submission leaves in the store into SQLite at the
// same durability, and answers ("bare/s"). It takes turns with it, and reports the medians.
func BenchmarkSubmitHTTP(b *testing.B) {
	const callers, turn, turns, among = 32, 320, 3, 30_000
	people := elders(b, among, (turns+1)*turn)
	a := start(b, Config{Data: b.TempDir(), Demo: true, Residents: among, Seed: 1})
	clerk := at(b, a.URL(), "clerk")
	clerk.http.Transport = &http.Transport{MaxIdleConnsPerHost: 2 * callers, DisableCompression: true}

	written := 0 // bytes of one submission
	base := storetest.OpenBare(b, filepath.Join(b.TempDir(), "bare.db"))
	e := echo.New()
	e.POST("/drafts/:id/submit", func(c echo.Context) error {
		var in struct {
			ID string `param:"id"`
		}
		if err := c.Bind(&in); err != nil {
			return err
		}
		if err := base.Write(in.ID, strings.Repeat("x", written)); err != nil {
			return err
		}
		return c.JSON(http.StatusOK, in)
	})
	bare := httptest.NewServer(e)
	b.Cleanup(bare.Close)

	var ours, bares, ratios []float64
	next := 0
	for range turns + 1 {
		drafts := make([]string, turn)
		together(callers, turn, func(i int) {
			s := &submission{id: ulid.Make().String(), idNumber: people[next+i]}
			drafts[i] = s.id
			if err := s.fill(clerk, next+i, false); err != nil {
				b.Error(err)
			}
		})
		next += turn
		rate := func(url string) float64 {
			began := time.Now()
			together(callers, turn, func(i int) {
				if _, err := post(clerk.http, url+"/drafts/"+drafts[i]+"/submit", nil); err != nil {
					b.Error(err)
				}
			})
			return turn / time.Since(began).Seconds()
		}
		one := rate(a.URL() + "/api/v1")
		if written == 0 { // the first turn only warms up
			written = bytesOf(b, a.store, drafts[0])
			rate(bare.URL)
			continue
		}
		two := rate(bare.URL)
		ours, bares, ratios = append(ours, one), append(bares, two), append(ratios, one/two)
	}
	for range b.N { // which is 1: a run takes longer than a benchmark has to
	}
	b.ReportMetric(median(ours), "submissions/s")
	b.ReportMetric(median(bares), "bare/s")
	b.ReportMetric(median(ratios), "of-bare")
	b.ReportMetric(float64(written), "B/submission")
	b.ReportMetric(0, "ns/op")
}

// bytesOf is how many bytes of text a submission left in the store: the case with its log, and the claim on it.
func bytesOf(b *testing.B, s store.Store, id string) int {
	b.Helper()
	env, log, err := s.Case(b.Context(), id)
	if err != nil {
		b.Fatal(err)
	}
	size := len(env.ID) + len(env.Number) + len(env.Item) + len(env.Subject) + len(env.Title)
	for _, e := range log {
		size += len(e.Kind) + len(e.Body)
	}
	claim, err := s.Get(b.Context(), "running", env.Item+":"+env.Subject)
	if err != nil {
		b.Fatal(err)
	}
	return size + len(claim.ID) + len(claim.Body)
}

// together does n things, some at once.
func together(callers, n int, do func(i int)) {
	var next atomic.Int64
	var wg sync.WaitGroup
	for range callers {
		wg.Go(func() {
			for i := next.Add(1); i <= int64(n); i = next.Add(1) {
				do(int(i - 1))
			}
		})
	}
	wg.Wait()
}

func median(xs []float64) float64 {
	slices.Sort(xs)
	return xs[len(xs)/2]
}

// callers numbers requests, so that each comes from another address: one address alone would be slowed down.
var callers atomic.Uint32

func post(client *http.Client, url string, body []byte) ([]byte, error) {
	req, err := http.NewRequest(http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-Tongban", "1")
	n := callers.Add(1)
	req.Header.Set("X-Forwarded-For", netip.AddrFrom4([4]byte{10, byte(n >> 16), byte(n >> 8), byte(n)}).String())
	resp, err := client.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = &failure{status: resp.StatusCode}
	}
	return answer, err
}
