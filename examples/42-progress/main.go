// Progress of long work: the results arrive in the order of the jobs, each as soon as it and all results before it are
// ready, and each result advances a bar. The bar is drawn only on a terminal.
package main

import (
	"fmt"
	"os"
	"strings"
	"time"
)

const numPages = 40

// Counting the words of a page takes between 10 and 70 ms.
func countWords(page int) int {
	time.Sleep(time.Duration(10+(page%4)*20) * time.Millisecond)
	return 100 + page
}

func main() {
	counts := mapInOrder(countWords, 8)
	bar := newBar(numPages)

	// The pool runs only a limited number of pages ahead of this loop.
	words := 0
	for count := range counts {
		words += count
		bar.increment()
	}
	bar.stop()

	fmt.Printf("%d pages, %d words\n", numPages, words)
}

// Try: print each count in the loop. Page 4 is counted long before page 3: which of the two is printed first, and why?

// mapInOrder does what pool.map does in goro: each page has a channel for its count, and the channels are in order.
func mapInOrder(f func(int) int, workers int) <-chan int {
	results := make(chan int)
	slots := make(chan chan int, workers-1)
	go func() {
		for page := 1; page <= numPages; page++ {
			slot := make(chan int, 1)
			slots <- slot
			go func() { slot <- f(page) }()
		}
		close(slots)
	}()
	go func() {
		for slot := range slots {
			results <- <-slot
		}
		close(results)
	}()
	return results
}

// bar does what the library does in the TypeScript program.
type bar struct {
	value, total int
	hasTerminal  bool
}

func newBar(total int) *bar {
	info, err := os.Stderr.Stat()
	b := &bar{total: total, hasTerminal: err == nil && info.Mode()&os.ModeCharDevice != 0}
	b.draw()
	return b
}

func (b *bar) increment() {
	b.value++
	b.draw()
}

func (b *bar) draw() {
	if b.hasTerminal {
		full := strings.Repeat("█", b.value) + strings.Repeat("░", b.total-b.value)
		fmt.Fprintf(os.Stderr, "\r%s %d of %d pages", full, b.value, b.total)
	}
}

func (b *bar) stop() {
	if b.hasTerminal {
		fmt.Fprintln(os.Stderr)
	}
}
