// Checklog reads an Urna log with Go's own reading of signed notes and transparency logs, which is older than Urna and
// knows nothing of it: golang.org/x/mod/sumdb/note and tlog. The page is spec/log.md; ids in comments are its rules.
//
// It builds without modules, from the Debian packages golang-go and golang-golang-x-mod-dev:
//
//	GO111MODULE=off GOPATH=/usr/share/gocode go build ./tests/go/checklog
package main

import (
	"flag"
	"fmt"
	"os"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

const usage = `Usage: checklog -key VERIFIER-KEY [-kept CHECKPOINT]... [-receipt FILE]... [-partials] LOG

Checks a log at the size of its checkpoint. LOG is its prefix, a directory or an http:// or https:// address:

  LOG/checkpoint is signed by the key; LOG/tile/entries/... give its root; each of LOG/tile/<L>/... is what the
  entries give; inclusion of entries and consistency of the kept checkpoints are proved from the tiles

  -key VERIFIER-KEY   the log's key, <origin>+<id>+<base64>
  -kept CHECKPOINT    a file with an older checkpoint; the log must begin with its entries
  -receipt FILE       a file with a receipt (tlog-proof); the log must have its entry
  -partials           check the partial tiles and bundles of the kept checkpoints' sizes too

Exit status: 0 everything holds; 1 something does not, or cannot be read; 2 the arguments are wrong.
`

// texts is an option that may be given more than once.
type texts []string

func (t *texts) String() string { return strings.Join(*t, " ") }

func (t *texts) Set(text string) error {
	*t = append(*t, text)
	return nil
}

func main() {
	var kept, receipts texts
	flags := flag.NewFlagSet("checklog", flag.ExitOnError)
	flags.Usage = func() { fmt.Fprint(os.Stderr, usage) }
	key := flags.String("key", "", "")
	flags.Var(&kept, "kept", "")
	flags.Var(&receipts, "receipt", "")
	partials := flags.Bool("partials", false, "")
	flags.Parse(os.Args[1:])
	if flags.NArg() != 1 || *key == "" {
		flags.Usage()
		os.Exit(2)
	}
	verifier, err := note.NewVerifier(*key)
	if err != nil {
		fmt.Fprintf(os.Stderr, "checklog: -key is no verifier key: %v\n", err)
		os.Exit(2)
	}
	prefix := strings.TrimSuffix(flags.Arg(0), "/")
	summary, err := check(prefix, verifier, kept, receipts, *partials)
	if err != nil {
		fmt.Fprintf(os.Stderr, "checklog: REFUSED %s: %v\n", prefix, err)
		os.Exit(1)
	}
	fmt.Printf("checklog: accepted %s\n", summary)
}

// check answers what was checked, in one line, or the first thing that does not hold.
func check(prefix string, verifier note.Verifier, kept, receipts []string, partials bool) (string, error) {
	data, err := read(prefix+"/checkpoint", maxNote)
	if err != nil {
		return "", err
	}
	head, err := openCheckpoint(data, verifier)
	if err != nil {
		return "", fmt.Errorf("checkpoint: %w", err)
	}

	log := &log{prefix: prefix, head: head, tiles: map[string][]byte{}}
	bundles, err := log.readEntries()
	if err != nil {
		return "", err
	}
	if err := log.checkRoot(); err != nil {
		return "", err
	}
	tiles, err := log.checkTiles()
	if err != nil {
		return "", err
	}
	inclusions, err := log.checkInclusions()
	if err != nil {
		return "", err
	}

	older := []checkpoint{{"checkpoint", head}}
	for _, file := range kept {
		data, err := read(file, maxNote)
		if err != nil {
			return "", err
		}
		head, err := openCheckpoint(data, verifier)
		if err != nil {
			return "", fmt.Errorf("%s: %w", file, err)
		}
		older = append(older, checkpoint{file, head})
	}
	for _, file := range receipts {
		data, err := read(file, maxReceipt)
		if err != nil {
			return "", err
		}
		head, err := log.checkReceipt(data, verifier)
		if err != nil {
			return "", fmt.Errorf("%s: %w", file, err)
		}
		older = append(older, checkpoint{file, head})
	}
	consistencies, err := log.checkConsistencies(older)
	if err != nil {
		return "", err
	}
	if partials {
		for _, kept := range older {
			if err := log.checkPartials(kept.head.N); err != nil {
				return "", fmt.Errorf("at the size of %s: %w", kept.name, err)
			}
		}
	}
	return fmt.Sprintf("%s, size %d, root %v: %d bundles, %d tiles, %d inclusion and %d consistency proofs, %d receipts",
		verifier.Name(), head.N, head.Hash, bundles, tiles, inclusions, consistencies, len(receipts)), nil
}
