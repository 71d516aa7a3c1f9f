package ferrettest

import (
	"bytes"
	"encoding/binary"
	"io"
	"net"
	"sync"
	"testing"
)

// gate stands between a driver and FerretDB and lets one command through at a time. FerretDB 1 on SQLite reads a document,
// matches it and writes it back in separate steps: two updates at once may both match the same revision, which no MongoDB
// allows. Behind the gate every command is atomic, as each write of one document is on the real server; the steps of the
// driver's methods, of any number of clients, interleave as ever.
type gate struct {
	server string
	twice  bool // apply each write twice and answer with the second reply, as a server that does not know a retried write does
	pass   sync.Mutex
}

// open listens and returns the address; t ends it.
func (g *gate) open(t testing.TB) string {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			go g.relay(client)
		}
	}()
	return listener.Addr().String()
}

// relay serves one client until either side hangs up.
func (g *gate) relay(client net.Conn) {
	defer client.Close()
	server, err := net.Dial("tcp", g.server)
	if err != nil {
		return
	}
	defer server.Close()
	for {
		request, err := message(client)
		if err != nil {
			return
		}
		reply, err := g.ask(server, request)
		if err != nil {
			return
		}
		if _, err := client.Write(reply); err != nil {
			return
		}
	}
}

// ask hands a command to the server and returns its reply. Each command has exactly one: nothing the driver sends is
// unacknowledged or streamed.
func (g *gate) ask(server net.Conn, request []byte) (reply []byte, err error) {
	g.pass.Lock()
	defer g.pass.Unlock()
	times := 1
	if g.twice {
		switch command(request) {
		case "insert", "update", "delete":
			times = 2
		}
	}
	for range times {
		if _, err := server.Write(request); err != nil {
			return nil, err
		}
		if reply, err = message(server); err != nil {
			return nil, err
		}
	}
	return reply, nil
}

// message reads one message of the wire protocol: its length stands first.
func message(r io.Reader) ([]byte, error) {
	var length [4]byte
	if _, err := io.ReadFull(r, length[:]); err != nil {
		return nil, err
	}
	n := binary.LittleEndian.Uint32(length[:])
	if n < 16 || n > 64<<20 {
		return nil, io.ErrUnexpectedEOF
	}
	m := make([]byte, n)
	copy(m, length[:])
	_, err := io.ReadFull(r, m[4:])
	return m, err
}

// command is the name of a command: the first field of the body of an OP_MSG, after the header (16 bytes), the flags (4), the
// section's kind (1), the length of the document (4) and the type of the field (1).
func command(m []byte) string {
	const opMsg, name = 2013, 16 + 4 + 1 + 4 + 1
	if len(m) <= name || binary.LittleEndian.Uint32(m[12:]) != opMsg || m[20] != 0 {
		return ""
	}
	field, _, _ := bytes.Cut(m[name:], []byte{0})
	return string(field)
}
