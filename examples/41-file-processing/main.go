// File processing: a pool reads files and counts their lines, words and bytes. A file that cannot be read also has a
// result, an error, so that one bad file does not end the batch.
package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

const numWorkers = 3

type result struct {
	name  string
	lines int
	words int
	bytes int
	err   error
}

// The program writes the files that it reads, so it does not depend on existing files.
func writeFiles(folder string) {
	files := map[string]string{
		"empty.txt": "",
		"greek.txt": "καλημέρα κόσμε\n",
		"large.txt": strings.Repeat("a line like any other\n", 10_000),
		"poem.txt":  "Roses are red,\nviolets are blue,\nresults are closed\nwhen the workers are through.\n",
	}
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(content), 0o644); err != nil {
			panic(err)
		}
	}
}

// A line ends with a newline, words are separated by white space, and the bytes are those on the disk.
func count(folder, name string) result {
	content, err := os.ReadFile(filepath.Join(folder, name))
	if err != nil {
		return result{name: name, err: err}
	}
	lines := bytes.Count(content, []byte("\n"))
	words := len(bytes.Fields(content))
	return result{name: name, lines: lines, words: words, bytes: len(content)}
}

func main() {
	folder, err := os.MkdirTemp("", "goro-files-")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(folder)
	writeFiles(folder)

	names := []string{"large.txt", "missing.txt", "poem.txt", "greek.txt", "empty.txt"}
	jobs := make(chan string)
	results := make(chan result)

	var wg sync.WaitGroup
	for range numWorkers {
		wg.Go(func() {
			for name := range jobs {
				results <- count(folder, name)
			}
		})
	}
	go func() {
		for _, name := range names {
			jobs <- name
		}
		close(jobs)
		wg.Wait()
		close(results)
	}()

	// The disk determines which file is read first, so the results are sorted.
	var collected []result
	for r := range results {
		collected = append(collected, r)
	}
	slices.SortFunc(collected, func(a, b result) int { return strings.Compare(a.name, b.name) })

	read, size := 0, 0
	for _, r := range collected {
		switch {
		case errors.Is(r.err, fs.ErrNotExist):
			fmt.Printf("%s: no such file\n", r.name)
		case r.err != nil:
			fmt.Printf("%s: %v\n", r.name, r.err)
		default:
			fmt.Printf("%s: %d lines, %d words, %d bytes\n", r.name, r.lines, r.words, r.bytes)
			read++
			size += r.bytes
		}
	}
	fmt.Printf("%d of %d read, %d bytes\n", read, len(names), size)
}

// Try: add "." to the names. Which error is that, and what happens to the other files?
