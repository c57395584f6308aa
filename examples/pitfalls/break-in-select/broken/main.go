// Break inside a select: it leaves the select and not the loop around it, so the loop makes all its turns although the
// context has ended.
package main

import (
	"context"
	"fmt"
)

const numItems = 7

func main() {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	jobs := make(chan int)

	// The only worker gives up after two jobs, and says so.
	go func() {
		for range 2 {
			<-jobs
		}
		cancel()
	}()

	// Submitting is meant to stop when the context ends.
	late := 0
	for item := 1; item <= numItems; item++ {
		select {
		case <-ctx.Done():
			fmt.Printf("item %d: the context has ended\n", item)
			late++
			// This leaves the select, and the next item is tried.
			break
		case jobs <- item:
			fmt.Printf("item %d: submitted\n", item)
		}
	}
	fmt.Printf("%d turns after the end\n", late)
}

// Try: write continue instead of break. What changes?
