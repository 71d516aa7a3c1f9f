// Package seeds holds the city that Tongban starts with: the dictionary and service items of Panzhihua, as the JSON documents
// that a policy office would write. Divisions, legal bases and working days are real; communities, offices' numbers and
// addresses are made up and marked, and every amount that only local documents can fix is a parameter marked illustrative.
//
// The sub-package residents makes the people. Nothing here imports the rest of the platform: seeds are data.
package seeds

import (
	"embed"
	"io/fs"
)

//go:generate go run ./generate

//go:embed dictionary items
var files embed.FS

// Files returns the tree of seed documents: dictionary/*.json and items/<department>/<code>.json.
func Files() fs.FS { return files }

// Dictionary returns the folder of the dictionary alone.
func Dictionary() fs.FS {
	sub, err := fs.Sub(files, "dictionary")
	if err != nil {
		panic(err) // the name is a constant and valid
	}
	return sub
}
