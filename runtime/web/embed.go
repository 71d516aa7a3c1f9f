// Package web carries the built screens of the runtime inside the binary. The folder dist is made by `make web` and not
// committed; without it the binary builds all the same and says how to build them.
package web

import (
	"embed"
	"io/fs"
)

//go:embed all:dist
var dist embed.FS

// Dist returns the built screens; only a placeholder where they were not built.
func Dist() fs.FS {
	sub, err := fs.Sub(dist, "dist")
	if err != nil {
		panic(err) // the name is a constant
	}
	return sub
}
