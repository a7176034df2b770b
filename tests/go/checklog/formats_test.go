package main

import (
	"testing"

	"golang.org/x/mod/sumdb/tlog"
)

// Paths of logs that are larger than those in tests/tests/go_reads_the_log.rs (LOG-5).
func TestPaths(t *testing.T) {
	for path, tile := range map[string]tlog.Tile{
		"tile/0/000":               {H: 8, L: 0, N: 0, W: 256},
		"tile/2/000.p/1":           {H: 8, L: 2, N: 0, W: 1},
		"tile/0/999.p/255":         {H: 8, L: 0, N: 999, W: 255},
		"tile/1/x001/000":          {H: 8, L: 1, N: 1000, W: 256},
		"tile/0/x001/x234/067.p/8": {H: 8, L: 0, N: 1234067, W: 8},
		"tile/0/x001/x000/000":     {H: 8, L: 0, N: 1000000, W: 256},
	} {
		if found := tilePath(tile); found != path {
			t.Errorf("%s, where the page says %s", found, path)
		}
	}
	if found := entriesPath(1234067, 256); found != "tile/entries/x001/x234/067" {
		t.Error(found)
	}
}
