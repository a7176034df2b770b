package main

import (
	"bytes"
	"errors"
	"fmt"
	"sort"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// log is a log at the size of its checkpoint.
type log struct {
	prefix string
	head   tlog.Tree
	// leaves and nodes are computed from the bundles; nodes in tlog's order of storage.
	leaves []tlog.Hash
	nodes  []tlog.Hash
	// tiles are the bytes of tiles that were read, by path.
	tiles map[string][]byte
}

// checkpoint is a verified checkpoint and where it is from.
type checkpoint struct {
	name string
	head tlog.Tree
}

// computed answers hashes that were computed from the bundles.
func (l *log) computed() tlog.HashReader {
	return tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		hashes := make([]tlog.Hash, len(indexes))
		for i, index := range indexes {
			if index < 0 || index >= int64(len(l.nodes)) {
				return nil, fmt.Errorf("hash %d is not in a log of %d entries", index, len(l.leaves))
			}
			hashes[i] = l.nodes[index]
		}
		return hashes, nil
	})
}

// readEntries reads all bundles and computes all hashes from the entries in them.
func (l *log) readEntries() (int, error) {
	bundles := 0
	for start := int64(0); start < l.head.N; start += full {
		path := entriesPath(start/full, width(start, l.head.N))
		entries, err := l.bundle(path, width(start, l.head.N))
		if err != nil {
			return 0, err
		}
		for _, entry := range entries {
			index := int64(len(l.leaves))
			nodes, err := tlog.StoredHashes(index, entry, l.computed())
			if err != nil {
				return 0, err
			}
			l.leaves = append(l.leaves, nodes[0])
			l.nodes = append(l.nodes, nodes...)
		}
		bundles++
	}
	return bundles, nil
}

func (l *log) bundle(path string, width int) ([][]byte, error) {
	data, err := read(l.prefix+"/"+path, maxBundle)
	if err != nil {
		return nil, err
	}
	entries, err := parseBundle(data, width)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return entries, nil
}

func (l *log) checkRoot() error {
	// Go has no hash for the tree of no entries; openCheckpoint compares it with LOG-2's.
	if l.head.N == 0 {
		return nil
	}
	root, err := tlog.TreeHash(l.head.N, l.computed())
	if err != nil {
		return err
	}
	if root != l.head.Hash {
		return fmt.Errorf("the entries have root %v, the checkpoint says %v", root, l.head.Hash)
	}
	return nil
}

// checkTiles compares every tile of every level with the hashes from the entries (LOG-6).
func (l *log) checkTiles() (int, error) {
	tiles := 0
	for level := 0; l.head.N>>(8*level) > 0; level++ {
		hashes := l.head.N >> (8 * level)
		for start := int64(0); start < hashes; start += full {
			if err := l.checkTile(level, start, hashes); err != nil {
				return 0, err
			}
			tiles++
		}
	}
	return tiles, nil
}

// checkTile compares the tile that begins with hash start, in a tree with so many hashes at this level.
func (l *log) checkTile(level int, start, hashes int64) error {
	tile := tlog.Tile{H: 8, L: level, N: start / full, W: width(start, hashes)}
	data, err := l.tile(tile)
	if err != nil {
		return err
	}
	expected, err := tlog.ReadTileData(tile, l.computed())
	if err != nil {
		return err
	}
	if !bytes.Equal(data, expected) {
		return fmt.Errorf("%s: these are not the hashes that the entries have", tilePath(tile))
	}
	return nil
}

func (l *log) tile(tile tlog.Tile) ([]byte, error) {
	path := tilePath(tile)
	if data, ok := l.tiles[path]; ok {
		return data, nil
	}
	data, err := read(l.prefix+"/"+path, full*tlog.HashSize)
	if err != nil {
		return nil, err
	}
	if len(data) != tile.W*tlog.HashSize {
		return nil, fmt.Errorf("%s: %d bytes, where %d hashes have %d", path, len(data), tile.W, tile.W*tlog.HashSize)
	}
	l.tiles[path] = data
	return data, nil
}

// Height, ReadTiles and SaveTiles make log a tlog.TileReader, from which proofs are made without the entries.
func (l *log) Height() int { return 8 }

func (l *log) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	data := make([][]byte, len(tiles))
	for i, tile := range tiles {
		var err error
		if data[i], err = l.tile(tile); err != nil {
			return nil, err
		}
	}
	return data, nil
}

func (l *log) SaveTiles([]tlog.Tile, [][]byte) {}

// checkInclusions proves first and last entry, those beside the borders of tiles of each level, and some between.
func (l *log) checkInclusions() (int, error) {
	size := l.head.N
	chosen := map[int64]bool{0: true, size - 1: true, size / 2: true}
	for border := int64(1); border <= size; border *= full {
		for _, index := range []int64{border - 1, border, size - size%border - 1, size - size%border} {
			chosen[index] = true
		}
	}
	for i := int64(1); i < 16; i++ {
		chosen[size/16*i+i] = true
	}
	proofs := 0
	reader := tlog.TileHashReader(l.head, l)
	for index := range chosen {
		if index < 0 || index >= size {
			continue
		}
		proof, err := tlog.ProveRecord(size, index, reader)
		if err != nil {
			return 0, fmt.Errorf("inclusion of entry %d: %w", index, err)
		}
		if err := tlog.CheckRecord(proof, size, l.head.Hash, index, l.leaves[index]); err != nil {
			return 0, fmt.Errorf("inclusion of entry %d: %w", index, err)
		}
		proofs++
	}
	return proofs, nil
}

// checkConsistencies proves that each checkpoint's tree is the beginning of the next larger one's and of the log's.
func (l *log) checkConsistencies(checkpoints []checkpoint) (int, error) {
	sort.SliceStable(checkpoints, func(i, j int) bool { return checkpoints[i].head.N < checkpoints[j].head.N })
	log := checkpoint{"the log's checkpoint", l.head}
	proofs := 0
	for i, older := range checkpoints {
		newer := []checkpoint{log}
		if i+1 < len(checkpoints) {
			newer = append(newer, checkpoints[i+1])
		}
		for _, newer := range newer {
			if err := l.checkConsistency(older.head, newer.head); err != nil {
				return 0, fmt.Errorf("%s (size %d) and %s (size %d): %w",
					older.name, older.head.N, newer.name, newer.head.N, err)
			}
			proofs++
		}
	}
	return proofs, nil
}

func (l *log) checkConsistency(older, newer tlog.Tree) error {
	if older.N > l.head.N || newer.N > l.head.N {
		return fmt.Errorf("the log has only %d entries: it lost some, or this is an older copy", l.head.N)
	}
	// LOG-4: everything begins with the tree of no entries, whose root openCheckpoint has compared.
	if older.N == 0 {
		return nil
	}
	proof, err := tlog.ProveTree(newer.N, older.N, tlog.TileHashReader(l.head, l))
	if err != nil {
		return err
	}
	if err := tlog.CheckTree(proof, newer.N, newer.Hash, older.N, older.Hash); err != nil {
		return fmt.Errorf("not consistent: %w", err)
	}
	return nil
}

// checkPartials checks the partial tiles and the partial bundle that the log had at an older size (LOG-6, LOG-7).
func (l *log) checkPartials(size int64) error {
	for level := 0; size>>(8*level) > 0; level++ {
		hashes := size >> (8 * level)
		if start := hashes - hashes%full; start < hashes {
			if err := l.checkTile(level, start, hashes); err != nil {
				return err
			}
		}
	}
	start := size - size%full
	if start == size {
		return nil
	}
	path := entriesPath(start/full, width(start, size))
	entries, err := l.bundle(path, width(start, size))
	if err != nil {
		return err
	}
	for i, entry := range entries {
		if tlog.RecordHash(entry) != l.leaves[start+int64(i)] {
			return fmt.Errorf("%s: entry %d is another one in the log", path, start+int64(i))
		}
	}
	return nil
}

// checkReceipt checks that a receipt holds for the entry that the log has at its index (LOG-16), and answers its tree.
func (l *log) checkReceipt(data []byte, verifier note.Verifier) (tlog.Tree, error) {
	index, proof, signed, err := parseReceipt(data)
	if err != nil {
		return tlog.Tree{}, err
	}
	head, err := openCheckpoint(signed, verifier)
	if err != nil {
		return tlog.Tree{}, err
	}
	if index >= head.N {
		return tlog.Tree{}, errors.New("the index is beyond the receipt's checkpoint")
	}
	if index >= l.head.N {
		return tlog.Tree{}, fmt.Errorf("the log has no entry %d", index)
	}
	if err := tlog.CheckRecord(proof, head.N, head.Hash, index, l.leaves[index]); err != nil {
		return tlog.Tree{}, fmt.Errorf("entry %d is not in it: %w", index, err)
	}
	return head, nil
}
