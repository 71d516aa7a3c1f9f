package diag

// Coded is an error that the catalogue has a text for. The typed errors of the rules packages implement it, so that whoever
// reports one never has to look at its message.
type Coded interface {
	error
	Code() string
	Args() map[string]string
}
