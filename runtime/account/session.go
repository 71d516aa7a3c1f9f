package account

import "time"

// Limits of a session. Idle is long enough for a lunch break and a training afternoon, absolute is one working day with
// overtime: a forgotten desk is closed by the next morning.
const (
	IdleLimit     = 8 * time.Hour
	AbsoluteLimit = 12 * time.Hour
)

// Session is a signed-in account. Token is set only when it was just opened: nothing stored can bring it back.
type Session struct {
	Account Account
	Token   string
	Expires time.Time // when it ends if nothing more is done
}
