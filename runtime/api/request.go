package api

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"net"
	"net/http"
	"net/netip"
	"strings"

	"github.com/tongban/tongban/rules/lang"
	"github.com/tongban/tongban/runtime/account"
	"github.com/tongban/tongban/runtime/casework"
)

// request is what this package knows of one request. It travels in the context, and its last fields are filled on the way
// for the log line.
type request struct {
	id       string
	language lang.Tag
	from     string // network address of the caller, for limits only
	local    bool   // came from this very machine, not through a proxy
	secure   bool   // TLS, here or at a trusted proxy
	session  account.Session
	route    string // METHOD and path as registered: the only form of the path that is logged
	cause    error  // of an internal fault or an outage
	broken   bool   // its body could not be read to the end
}

type requestKey struct{}

// requestOf returns the request of a context, or nil.
func requestOf(ctx context.Context) *request {
	r, _ := ctx.Value(requestKey{}).(*request)
	return r
}

// actor is who acts, for the case service: nobody where no session was needed.
func actor(ctx context.Context) casework.Actor {
	r := requestOf(ctx)
	if r == nil || r.session.Account.Username == "" {
		return casework.Actor{}
	}
	a := r.session.Account
	roles := make([]string, len(a.Roles))
	for i, role := range a.Roles {
		roles[i] = string(role)
	}
	return casework.Actor{Account: a.Username, Name: a.Name, Roles: roles, Office: a.Office}
}

// newRequest reads what every operation needs. proxies are the networks whose word on the caller's address is taken.
func newRequest(h *http.Request, proxies []netip.Prefix) *request {
	var id [8]byte
	_, _ = rand.Read(id[:]) // never fails, by its documentation
	r := &request{id: hex.EncodeToString(id[:]), language: language(h.Header.Get("Accept-Language")), secure: h.TLS != nil}
	peer := peerOf(h.RemoteAddr)
	forwarded := h.Header.Get("X-Forwarded-For") + h.Header.Get("X-Real-Ip") + h.Header.Get("Forwarded")
	r.local = peer.IsLoopback() && forwarded == ""
	if trusted(peer, proxies) {
		r.secure = r.secure || h.Header.Get("X-Forwarded-Proto") == "https"
		// The last address that is not one of ours is the caller: those before it can be made up by anyone.
		hops := strings.Split(strings.Join(h.Header.Values("X-Forwarded-For"), ","), ",")
		for i := len(hops) - 1; i >= 0; i-- {
			hop, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
			if err != nil {
				break
			}
			peer = hop.Unmap()
			if !trusted(peer, proxies) {
				break
			}
		}
	}
	r.from = network(peer)
	return r
}

func peerOf(remote string) netip.Addr {
	host, _, err := net.SplitHostPort(remote)
	if err != nil {
		return netip.Addr{}
	}
	a, _ := netip.ParseAddr(host)
	return a.Unmap()
}

func trusted(a netip.Addr, proxies []netip.Prefix) bool {
	for _, p := range proxies {
		if p.Contains(a) {
			return true
		}
	}
	return false
}

// network is the part of an address that one caller holds: all of IPv4, the first 64 bits of IPv6.
func network(a netip.Addr) string {
	if a.Is6() {
		if p, err := a.WithZone("").Prefix(64); err == nil {
			return p.String()
		}
	}
	return a.String()
}

// language is the first of the two languages that the caller asks for; Chinese where neither is named.
func language(accept string) lang.Tag {
	for part := range strings.SplitSeq(accept, ",") {
		switch tag := strings.ToLower(strings.TrimSpace(part)); {
		case strings.HasPrefix(tag, "zh"):
			return lang.Zh
		case strings.HasPrefix(tag, "en"):
			return lang.En
		}
	}
	return lang.Zh
}
