// Package licence is the residents' library (居民基础电子证照库): what the city already knows of a person and the e-licences on
// record, so that nobody is asked to bring them again. Nothing of a person is read without a purpose, and every reading
// leaves an entry (who, why, what) before anything is returned (个人信息保护法 arts. 6, 51; 证照使用必须填报用途).
package licence

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"time"

	"github.com/tongban/tongban/engine/fault"
	"github.com/tongban/tongban/rules/lang"
)

// Person identifies somebody. IDType is a key of the dictionary's choices, such as "resident-id".
type Person struct {
	IDType   string `json:"idType"`
	IDNumber string `json:"idNumber"`
}

// Key is the person's natural key in the store.
func (p Person) Key() string { return p.IDType + ":" + p.IDNumber }

// Subject is what stands for the person where the number itself has no business: in indexes and for comparing.
func (p Person) Subject() string {
	sum := sha256.Sum256([]byte("person\x00" + p.Key()))
	return hex.EncodeToString(sum[:])
}

// IsZero reports whether nobody is named.
func (p Person) IsZero() bool { return p.IDType == "" || p.IDNumber == "" }

// Resident is a record of the resident register.
type Resident struct {
	Person
	Values map[string]json.RawMessage `json:"values"`         // data element key -> value
	AsOf   string                     `json:"asOf,omitempty"` // when the record was last confirmed, YYYY-MM-DD
}

// Status is what the issuer says of a licence. Being inside its dates does not make a licence valid.
type Status string

// The statuses in use.
const (
	Valid     Status = "valid"     // 有效
	Expired   Status = "expired"   // 过期
	Cancelled Status = "cancelled" // 注销
	Revoked   Status = "revoked"   // 撤销、吊销
	Lost      Status = "lost"      // 挂失、作废
	Frozen    Status = "frozen"    // 暂扣、冻结
)

// Record is one e-licence.
type Record struct {
	Identifier string                     `json:"identifier"` // unique: 证照标识 (GB/T 36904)
	Type       string                     `json:"type"`       // key of a dictionary licence type
	Number     string                     `json:"number"`
	Holder     Person                     `json:"holder"`
	IssuedOn   string                     `json:"issuedOn,omitempty"`
	ValidFrom  string                     `json:"validFrom,omitempty"` // first day; empty: since it was issued
	ValidTo    string                     `json:"validTo,omitempty"`   // last day; empty: without end
	Status     Status                     `json:"status"`
	Face       map[string]json.RawMessage `json:"face,omitempty"`
}

// ValidOn reports whether the licence may be relied on: its status as just read is valid and the date (YYYY-MM-DD) lies
// within its dates, both included.
func (r Record) ValidOn(date string) bool {
	from := r.ValidFrom
	if from == "" {
		from = r.IssuedOn
	}
	return r.Status == Valid && from <= date && (r.ValidTo == "" || date <= r.ValidTo)
}

// MaxPurpose is the longest purpose, in characters.
const MaxPurpose = 200

// Access says who reads a person's data, and why. It becomes an entry of the access log.
type Access struct {
	Account string `json:"account"`
	Name    string `json:"name"`
	Office  string `json:"office"`
	Purpose string `json:"purpose"`
	Ref     string `json:"ref"` // id of the draft or case it is read for
}

// Check returns the access with its purpose trimmed, or Invalid: a purpose is mandatory.
func (a Access) Check() (Access, error) {
	a.Purpose = lang.Clean(a.Purpose)
	switch n := len([]rune(a.Purpose)); {
	case n == 0:
		return a, fault.New(fault.Invalid, "case.purpose-required")
	case n > MaxPurpose:
		return a, fault.New(fault.Invalid, "case.purpose-too-long", "max", MaxPurpose)
	}
	return a, nil
}

// Entry is one line of the access log.
type Entry struct {
	Access
	At      time.Time `json:"at"`
	Subject string    `json:"subject"` // Person.Subject of whose data was read
	What    []string  `json:"what"`    // "register", "licences", "draft", "case", "file:<hash>", "receipt"
}

// Answer is what the library said about a person at a moment. It stays with the draft and the case as evidence.
type Answer struct {
	Person   Person    `json:"person"`
	At       time.Time `json:"at"`
	Resident *Resident `json:"resident,omitempty"` // nil: no record, or not asked for
	Licences []Record  `json:"licences,omitempty"` // valid or not, as they stood
}
