package api

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/tongban/tongban/engine/dictionary"
	"github.com/tongban/tongban/engine/plan"
	"github.com/tongban/tongban/rules/lang"
	"github.com/tongban/tongban/runtime/account"
	"github.com/tongban/tongban/runtime/casework"
)

// reply is an operation's answer.
type reply[T any] struct{ Body T }

// nothing is the answer of an operation that only does something (204).
type nothing struct{}

func answer[T any](v T, err error) (*reply[T], error) {
	if err != nil {
		return nil, err
	}
	return &reply[T]{v}, nil
}

// The parameters that operations share. They are exported for huma, which fills in no unexported part of an input.
type (
	// ItemPath names a service item.
	ItemPath struct {
		Code string `path:"code" minLength:"1" maxLength:"64" doc:"Item code"`
	}
	// DraftPath names a draft.
	DraftPath struct {
		ID string `path:"id" pattern:"^[0-9A-HJKMNP-TV-Z]{26}$" doc:"ULID made by the client; also the id of the case it becomes"`
	}
	// CasePath names a case.
	CasePath struct {
		ID string `path:"id" pattern:"^[0-9A-HJKMNP-TV-Z]{26}$"`
	}
	// MaterialPath names a material of a draft.
	MaterialPath struct {
		DraftPath
		Material string `path:"material" minLength:"1" maxLength:"128" doc:"Material id: key, or key@party"`
	}
	// Page asks for one page of a list.
	Page struct {
		After string `query:"after" maxLength:"512" doc:"Cursor: next of the page before"`
		Limit int    `query:"limit" minimum:"1" maximum:"100" default:"20"`
	}
)

// SignIn is a user name and password.
type SignIn struct {
	Username string `json:"username" minLength:"1" maxLength:"64"`
	Password string `json:"password" minLength:"1" maxLength:"512"`
}

// SessionView is who is signed in.
type SessionView struct {
	Account    account.Account `json:"account"`
	OfficeName string          `json:"officeName,omitempty"`
	Expires    time.Time       `json:"expires" doc:"When the session ends if nothing more is done"`
}

// PasswordChange replaces the caller's password. Every session of the account ends.
type PasswordChange struct {
	Current string `json:"current" minLength:"1" maxLength:"512"`
	New     string `json:"new" minLength:"1" maxLength:"512"`
}

// DraftOpening says whose application it is and for what.
type DraftOpening struct {
	Item     string `json:"item" minLength:"1" maxLength:"64" doc:"Item code"`
	IDType   string `json:"idType" minLength:"1" maxLength:"32" doc:"Kind of identity document; resident-id is the resident identity card"`
	IDNumber string `json:"idNumber" minLength:"1" maxLength:"64"`
	Purpose  string `json:"purpose" minLength:"1" maxLength:"200" doc:"Why the person's records are looked up; recorded"`
}

// AnswersChange replaces the answers of a draft.
type AnswersChange struct {
	Revision int64 `json:"revision" minimum:"1" doc:"Revision of the draft the answers were typed into"`
	Answers  Tree  `json:"answers" doc:"The whole tree of answers"`
}

// Tree is a JSON object whose members the item decides. It is kept as it was sent.
type Tree struct{ json.RawMessage }

// Schema implements huma.SchemaProvider.
func (Tree) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeObject, AdditionalProperties: true}
}

// PaperChange says whether the clerk has seen and taken the paper original.
type PaperChange struct {
	Taken bool `json:"taken"`
}

// ProgressQuery is what a person knows of their case. It is sent in a body so that no log or history keeps the number.
type ProgressQuery struct {
	Number   string `json:"number" minLength:"1" maxLength:"64" doc:"Case number, as on the receipt"`
	IDNumber string `json:"idNumber" minLength:"1" maxLength:"64"`
}

// DraftList is a clerk's drafts.
type DraftList struct {
	Drafts []casework.DraftSummary `json:"drafts"`
}

// DivisionList is the division tree, parents before children.
type DivisionList struct {
	Divisions []dictionary.Division `json:"divisions"`
}

// Demo is what the start page of a demo shows. Outside a demo it is off and empty.
type Demo struct {
	On       bool          `json:"on"`
	Password string        `json:"password,omitempty" doc:"Of all demo accounts"`
	Accounts []DemoAccount `json:"accounts"`
	People   []DemoPerson  `json:"people" doc:"Made-up residents to take applications from"`
}

// DemoAccount is an account anybody may use.
type DemoAccount struct {
	Username string         `json:"username"`
	Name     string         `json:"name"`
	Roles    []account.Role `json:"roles"`
	Office   string         `json:"office,omitempty" doc:"Name of the office"`
}

// DemoPerson is a made-up resident with a story.
type DemoPerson struct {
	Name     string    `json:"name"`
	IDType   string    `json:"idType"`
	IDNumber string    `json:"idNumber"`
	Story    lang.Text `json:"story"`
}

// operations registers every operation on a.huma. Paths are under /api/v1.
func (a *API) operations() {
	a.sessionOperations()
	a.publicOperations()
	a.draftOperations()
	a.caseOperations()
}

func (a *API) publicOperations() {
	register(a, op{http.MethodGet, "/items", "searchItems", "Find service items", tagPublic},
		func(ctx context.Context, in *struct {
			Q string `query:"q" maxLength:"100" doc:"Name, everyday name, pinyin, initials or code; empty lists all"`
			Page
		}) (*reply[casework.ItemPage], error) {
			return answer(a.casework.SearchItems(ctx, actor(ctx), in.Q, in.After, in.Limit))
		})
	register(a, op{http.MethodGet, "/items/{code}", "guide", "Read the guide of an item", tagPublic},
		func(ctx context.Context, in *ItemPath) (*reply[casework.Guide], error) {
			return answer(a.casework.Guide(ctx, actor(ctx), in.Code))
		})
	register(a, op{http.MethodPost, "/items/{code}/evaluate", "evaluate", "Check before applying; asks no register and keeps nothing", tagPublic},
		func(ctx context.Context, in *struct {
			ItemPath
			Body casework.EvaluateRequest
		}) (*reply[plan.Outcome], error) {
			if err := a.evaluations.take(ctx, a.now()); err != nil {
				return nil, err
			}
			return answer(a.casework.Evaluate(ctx, actor(ctx), in.Code, in.Body))
		})
	register(a, op{http.MethodGet, "/divisions", "divisions", "List the administrative divisions", tagPublic},
		func(context.Context, *struct{}) (*reply[DivisionList], error) {
			return &reply[DivisionList]{DivisionList{a.divisions}}, nil
		})
	register(a, op{http.MethodGet, "/demo", "demo", "What the start page of a demo shows", tagPublic},
		func(context.Context, *struct{}) (*reply[Demo], error) { return &reply[Demo]{a.demo}, nil })
	register(a, op{http.MethodPost, "/progress", "progress", "Follow a case by number and identity number", tagPublic},
		func(ctx context.Context, in *struct{ Body ProgressQuery }) (*reply[casework.Progress], error) {
			if err := a.progress.take(ctx, a.now()); err != nil {
				return nil, err
			}
			return answer(a.casework.Progress(ctx, in.Body.Number, in.Body.IDNumber))
		})
}

func (a *API) draftOperations() {
	register(a, op{http.MethodGet, "/drafts", "drafts", "List the caller's drafts", tagDrafts},
		func(ctx context.Context, _ *struct{}) (*reply[DraftList], error) {
			ds, err := a.casework.Drafts(ctx, actor(ctx))
			return answer(DraftList{ds}, err)
		})
	register(a, op{http.MethodPut, "/drafts/{id}", "openDraft", "Open a draft for a person; sending it again is no change", tagDrafts},
		func(ctx context.Context, in *struct {
			DraftPath
			Body DraftOpening
		}) (*reply[casework.DraftView], error) {
			return answer(a.casework.OpenDraft(ctx, actor(ctx), casework.OpenDraft{
				ID: in.ID, Item: in.Body.Item, IDType: in.Body.IDType, IDNumber: in.Body.IDNumber, Purpose: in.Body.Purpose,
			}))
		})
	register(a, op{http.MethodGet, "/drafts/{id}", "draft", "Read a draft", tagDrafts},
		func(ctx context.Context, in *DraftPath) (*reply[casework.DraftView], error) {
			return answer(a.casework.Draft(ctx, actor(ctx), in.ID))
		})
	register(a, op{http.MethodDelete, "/drafts/{id}", "discardDraft", "Throw a draft away", tagDrafts},
		func(ctx context.Context, in *DraftPath) (*nothing, error) {
			return &nothing{}, a.casework.DiscardDraft(ctx, actor(ctx), in.ID)
		})
	register(a, op{http.MethodPut, "/drafts/{id}/answers", "saveDraft", "Save the answers and evaluate them", tagDrafts},
		func(ctx context.Context, in *struct {
			DraftPath
			Body AnswersChange
		}) (*reply[casework.DraftView], error) {
			return answer(a.casework.SaveDraft(ctx, actor(ctx), in.ID, in.Body.Revision, in.Body.Answers.RawMessage))
		})
	register(a, op{http.MethodPut, "/drafts/{id}/paper/{material}", "setPaper", "Say that the paper original was taken, or not", tagDrafts},
		func(ctx context.Context, in *struct {
			MaterialPath
			Body PaperChange
		}) (*reply[casework.DraftView], error) {
			return answer(a.casework.SetPaper(ctx, actor(ctx), in.ID, in.Material, in.Body.Taken))
		})
	registerUpload(a, op{http.MethodPost, "/drafts/{id}/files/{material}", "attachFile", "Upload a file for a material", tagDrafts},
		func(ctx context.Context, in *upload) (*reply[casework.DraftView], error) {
			return answer(a.casework.AttachFile(ctx, actor(ctx), in.ID, in.Material, in.filename, in.content))
		})
	register(a, op{http.MethodDelete, "/drafts/{id}/files/{material}/{hash}", "detachFile", "Take a file away again", tagDrafts},
		func(ctx context.Context, in *struct {
			MaterialPath
			HashPath
		}) (*reply[casework.DraftView], error) {
			return answer(a.casework.DetachFile(ctx, actor(ctx), in.ID, in.Material, in.Hash))
		})
	registerDownload(a, op{http.MethodGet, "/drafts/{id}/files/{hash}", "draftFile", "Read an uploaded file", tagDrafts})
	register(a, op{http.MethodPost, "/drafts/{id}/submit", "submit", "Submit a draft; sending it again returns the same case", tagDrafts},
		func(ctx context.Context, in *DraftPath) (*reply[casework.CaseSummary], error) {
			c, err := a.casework.Submit(ctx, actor(ctx), in.ID)
			return answer(c.CaseSummary, err)
		})
}

func (a *API) caseOperations() {
	register(a, op{http.MethodGet, "/cases", "queue", "List cases of the caller's office in due order", tagCases},
		func(ctx context.Context, in *struct {
			Queue  string `query:"queue" enum:"office,received" default:"office" doc:"office: cases whose turn it is there; received: cases it received"`
			Office string `query:"office" maxLength:"64" doc:"For a supervisor: another office, of those the page lists"`
			Page
		}) (*reply[casework.QueuePage], error) {
			return answer(a.casework.Queue(ctx, actor(ctx), casework.QueueFilter{Kind: in.Queue, Office: in.Office, After: in.After, Limit: in.Limit}))
		})
	register(a, op{http.MethodGet, "/cases/{id}", "case", "Read a case", tagCases},
		func(ctx context.Context, in *CasePath) (*reply[casework.CaseView], error) {
			return answer(a.casework.Case(ctx, actor(ctx), in.ID))
		})
	register(a, op{http.MethodPost, "/cases/{id}/actions", "act", "Act on a case", tagCases},
		func(ctx context.Context, in *struct {
			CasePath
			Body casework.Action
		}) (*reply[casework.CaseView], error) {
			return answer(a.casework.Act(ctx, actor(ctx), in.ID, in.Body))
		})
	register(a, op{http.MethodGet, "/cases/{id}/receipt", "receipt", "Read the receipt of a case", tagCases},
		func(ctx context.Context, in *CasePath) (*reply[casework.Receipt], error) {
			return answer(a.casework.Receipt(ctx, actor(ctx), in.ID))
		})
	registerDownload(a, op{http.MethodGet, "/cases/{id}/files/{hash}", "caseFile", "Read a file of a case", tagCases})
}

// The groups of operations in the document.
const (
	tagSession = "session"
	tagPublic  = "public"
	tagDrafts  = "drafts"
	tagCases   = "cases"
)

// op names one operation: method, path under /api/v1, operation id, summary, tag.
type op struct{ method, path, id, summary, tag string }

// prefix is where every operation lives.
const prefix = "/api/v1"

// describe makes huma's description of an operation, with who may call it from the table.
func (a *API) describe(o op) huma.Operation {
	route := o.method + " " + prefix + o.path
	access := table[route]
	d := huma.Operation{
		Method: o.method, Path: prefix + o.path, OperationID: o.id, Summary: o.summary, Tags: []string{o.tag},
		MaxBodyBytes: maxJSON, BodyReadTimeout: bodyTimeout,
		Middlewares: huma.Middlewares{a.enforce(access)},
		Extensions:  map[string]any{"x-access": access.Names()},
	}
	if !access.anyone {
		d.Security = []map[string][]string{{"session": {}}}
	}
	return d
}

// register registers an operation whose faults become problems.
func register[I, O any](a *API, o op, handle func(context.Context, *I) (*O, error)) {
	huma.Register(a.huma, a.describe(o), problems(handle))
}

// problems maps a handler's faults at the one edge there is.
func problems[I, O any](handle func(context.Context, *I) (*O, error)) func(context.Context, *I) (*O, error) {
	return func(ctx context.Context, in *I) (*O, error) {
		out, err := handle(ctx, in)
		if err != nil {
			return nil, problemOf(ctx, err)
		}
		return out, nil
	}
}
