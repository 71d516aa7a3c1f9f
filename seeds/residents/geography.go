package residents

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"strings"
	"sync"

	"github.com/tongban/tongban/seeds"
)

// geography is where people live and who issues their licences, from the seed dictionary.
type geography struct {
	places []place           // streets, towns and communities
	weight []int             // cumulative
	issuer map[string]string // department-county -> USCC
	types  map[string]licenceType
}

type place struct {
	code  string
	rural bool
}

type licenceType struct{ code, department string }

// elsewhere are counties that people come from: the neighbours of the city, and far ones.
var elsewhere = []string{"530302", "532301", "513401", "513423", "510108", "511302", "520203", "500101", "532323", "530703"}

var loadGeography = sync.OnceValue(func() *geography {
	var divisions struct {
		Divisions []struct{ Code, Name, Level string }
	}
	var offices struct {
		Offices []struct {
			USCC, Level, Division string
			Departments           []string
		}
	}
	var licences struct {
		Licences []struct{ Key, TypeCode, Issuer string }
	}
	read("divisions.json", &divisions)
	read("offices.json", &offices)
	read("licences.json", &licences)
	g := &geography{issuer: map[string]string{}, types: map[string]licenceType{}}
	sum := 0
	for _, d := range divisions.Divisions {
		if d.Level != "street" && d.Level != "community" {
			continue
		}
		// Streets hold most of the people; a village is small.
		p, w := place{code: d.Code, rural: strings.HasSuffix(d.Name, "乡") || strings.HasSuffix(d.Name, "村")}, 12
		switch {
		case d.Level == "community":
			w = 4
		case strings.HasSuffix(d.Name, "街道"):
			w = 40
		case p.rural:
			w = 5
		default:
			p.rural = d.Code[6:] != "100" // the seat of a county or district counts as urban
		}
		sum += w
		g.places, g.weight = append(g.places, p), append(g.weight, sum)
	}
	for _, o := range offices.Offices {
		if o.Level == "county" && len(o.Departments) == 1 {
			g.issuer[o.Departments[0]+"-"+o.Division] = o.USCC
		}
	}
	for _, l := range licences.Licences {
		g.types[l.Key] = licenceType{l.TypeCode, l.Issuer}
	}
	return g
})

func read(name string, into any) {
	raw, err := fs.ReadFile(seeds.Dictionary(), name)
	if err == nil {
		err = json.Unmarshal(raw, into)
	}
	if err != nil {
		panic(fmt.Sprintf("residents: %s: %v", name, err)) // embedded, and checked by the tests of this package
	}
}

func (g *geography) pick(r *rand.Rand) place {
	at := r.IntN(g.weight[len(g.weight)-1])
	for i, w := range g.weight {
		if at < w {
			return g.places[i]
		}
	}
	panic("residents: weights out of order")
}

func address(r *rand.Rand) string {
	roads := []string{"示例路", "金沙示例街", "攀钢示例巷", "阳光示例大道", "木棉示例路", "芒果示例街"}
	return fmt.Sprintf("%s%d号%d栋%d%02d", roads[r.IntN(len(roads))], 1+r.IntN(300), 1+r.IntN(30), 1+r.IntN(18), 1+r.IntN(6))
}
