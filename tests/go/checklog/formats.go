package main

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const (
	// full is how many hashes a full tile has, and how many entries a full bundle.
	full = 256
	// The most bytes of what is read (LOG-7, LOG-10, LOG-15).
	maxBundle  = full * (2 + 65535)
	maxNote    = 1000000
	maxReceipt = maxNote + 65536
)

var client = &http.Client{Timeout: time.Minute}

// read reads a file, or what an address answers with status 200.
func read(from string, limit int64) ([]byte, error) {
	var body io.ReadCloser
	if strings.HasPrefix(from, "http://") || strings.HasPrefix(from, "https://") {
		response, err := client.Get(from)
		if err != nil {
			return nil, err
		}
		body = response.Body
		if response.StatusCode != http.StatusOK {
			body.Close()
			return nil, fmt.Errorf("%s: the answer is %s", from, response.Status)
		}
	} else {
		file, err := os.Open(from)
		if err != nil {
			return nil, err
		}
		body = file
	}
	defer body.Close()
	data, err := io.ReadAll(io.LimitReader(body, limit+1))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", from, err)
	}
	if int64(len(data)) > limit {
		return nil, fmt.Errorf("%s: more than %d bytes", from, limit)
	}
	return data, nil
}

// width is the width of the tile that begins with hash start of so many hashes.
func width(start, hashes int64) int {
	if hashes-start < full {
		return int(hashes - start)
	}
	return full
}

// tilePath is the path of LOG-5. (Path of tlog.Tile is another: Go's checksum database has the height in it.)
func tilePath(tile tlog.Tile) string {
	return fmt.Sprintf("tile/%d/%s", tile.L, place(tile.N, tile.W))
}

func entriesPath(index int64, width int) string {
	return "tile/entries/" + place(index, width)
}

func place(index int64, width int) string {
	path := fmt.Sprintf("%03d", index%1000)
	for index /= 1000; index > 0; index /= 1000 {
		path = fmt.Sprintf("x%03d/%s", index%1000, path)
	}
	if width < full {
		path += fmt.Sprintf(".p/%d", width)
	}
	return path
}

// parseBundle answers the entries of a bundle, each of which follows its length (LOG-7).
func parseBundle(data []byte, width int) ([][]byte, error) {
	entries := make([][]byte, 0, width)
	for i := 0; i < width; i++ {
		if len(data) < 2 || len(data) < 2+int(binary.BigEndian.Uint16(data)) {
			return nil, fmt.Errorf("it ends within entry %d of %d", i, width)
		}
		end := 2 + int(binary.BigEndian.Uint16(data))
		entries = append(entries, data[2:end])
		data = data[end:]
	}
	if len(data) > 0 {
		return nil, fmt.Errorf("%d bytes follow the last entry", len(data))
	}
	return entries, nil
}

// openCheckpoint answers size and root of a checkpoint that the log's key signed (LOG-12, LOG-13).
func openCheckpoint(data []byte, verifier note.Verifier) (tlog.Tree, error) {
	opened, err := note.Open(data, note.VerifierList(verifier))
	if err != nil {
		return tlog.Tree{}, err
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[3] != "" {
		return tlog.Tree{}, errors.New("the text has not three lines")
	}
	if lines[0] != verifier.Name() {
		return tlog.Tree{}, fmt.Errorf("it is of %q", lines[0])
	}
	size, err := parseNumber(lines[1])
	if err != nil {
		return tlog.Tree{}, err
	}
	root, err := parseHash(lines[2])
	if err != nil {
		return tlog.Tree{}, err
	}
	if size == 0 && root != sha256.Sum256(nil) {
		return tlog.Tree{}, errors.New("this is not the root of no entries")
	}
	return tlog.Tree{N: size, Hash: root}, nil
}

// parseReceipt answers a receipt's index, its proof and its checkpoint, which is not verified yet (LOG-15).
func parseReceipt(data []byte) (int64, tlog.RecordProof, []byte, error) {
	head, signed, found := strings.Cut(string(data), "\n\n")
	lines := strings.Split(head, "\n")
	if !found || len(lines) < 2 || lines[0] != "c2sp.org/tlog-proof@v1" || !strings.HasPrefix(lines[1], "index ") {
		return 0, nil, nil, errors.New("it is no receipt")
	}
	index, err := parseNumber(strings.TrimPrefix(lines[1], "index "))
	if err != nil {
		return 0, nil, nil, err
	}
	var proof tlog.RecordProof
	for _, line := range lines[2:] {
		hash, err := parseHash(line)
		if err != nil {
			return 0, nil, nil, err
		}
		proof = append(proof, hash)
	}
	return index, proof, []byte(signed), nil
}

// parseNumber reads a number of LOG-1, which has one form.
func parseNumber(text string) (int64, error) {
	number, err := strconv.ParseInt(text, 10, 64)
	if err != nil || number < 0 || number >= 1<<53 || strconv.FormatInt(number, 10) != text {
		return 0, fmt.Errorf("%q is no index or size", text)
	}
	return number, nil
}

func parseHash(text string) (tlog.Hash, error) {
	var hash tlog.Hash
	data, err := base64.StdEncoding.Strict().DecodeString(text)
	if err != nil || len(data) != len(hash) || base64.StdEncoding.EncodeToString(data) != text {
		return hash, fmt.Errorf("%q is no hash", text)
	}
	copy(hash[:], data)
	return hash, nil
}
