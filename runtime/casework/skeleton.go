package casework

import (
	"context"

	"github.com/tongban/tongban/engine/fault"
	"github.com/tongban/tongban/engine/plan"
)

var errSoon = fault.New(fault.Unavailable, "case.not-built")

func (s *Service) SearchItems(ctx context.Context, by Actor, text, after string, limit int) (ItemPage, error) {
	return ItemPage{}, errSoon
}
func (s *Service) Guide(ctx context.Context, by Actor, code string) (Guide, error) {
	return Guide{}, errSoon
}
func (s *Service) Evaluate(ctx context.Context, by Actor, code string, req EvaluateRequest) (plan.Outcome, error) {
	return plan.Outcome{}, errSoon
}
func (s *Service) OpenDraft(ctx context.Context, by Actor, req OpenDraft) (DraftView, error) {
	return DraftView{}, errSoon
}
func (s *Service) Draft(ctx context.Context, by Actor, id string) (DraftView, error) {
	return DraftView{}, errSoon
}
func (s *Service) Drafts(ctx context.Context, by Actor) ([]DraftSummary, error) { return nil, errSoon }
func (s *Service) SaveDraft(ctx context.Context, by Actor, id string, revision int64, answers []byte) (DraftView, error) {
	return DraftView{}, errSoon
}
func (s *Service) DiscardDraft(ctx context.Context, by Actor, id string) error { return errSoon }
func (s *Service) AttachFile(ctx context.Context, by Actor, draft, material, filename string, content []byte) (DraftView, error) {
	return DraftView{}, errSoon
}
func (s *Service) DetachFile(ctx context.Context, by Actor, draft, material, hash string) (DraftView, error) {
	return DraftView{}, errSoon
}
func (s *Service) SetPaper(ctx context.Context, by Actor, draft, material string, taken bool) (DraftView, error) {
	return DraftView{}, errSoon
}
func (s *Service) Submit(ctx context.Context, by Actor, draft string) (CaseView, error) {
	return CaseView{}, errSoon
}
func (s *Service) Queue(ctx context.Context, by Actor, f QueueFilter) (QueuePage, error) {
	return QueuePage{}, errSoon
}
func (s *Service) Case(ctx context.Context, by Actor, id string) (CaseView, error) {
	return CaseView{}, errSoon
}
func (s *Service) Act(ctx context.Context, by Actor, id string, a Action) (CaseView, error) {
	return CaseView{}, errSoon
}
func (s *Service) File(ctx context.Context, by Actor, id, hash string) (File, []byte, error) {
	return File{}, nil, errSoon
}
func (s *Service) Receipt(ctx context.Context, by Actor, id string) (Receipt, error) {
	return Receipt{}, errSoon
}
func (s *Service) Progress(ctx context.Context, number, idNumber string) (Progress, error) {
	return Progress{}, errSoon
}

// Sweep carries out work that is due. It returns how much was done.
func (s *Service) Sweep(ctx context.Context) (int, error) { return 0, errSoon }
