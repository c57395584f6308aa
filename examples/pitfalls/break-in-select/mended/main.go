// Break inside a select, mended: the loop has a label, and the break names it, so that submitting stops at the first
// turn that finds the context ended.
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

	// Submitting stops when the context ends.
	late := 0
submit:
	for item := 1; item <= numItems; item++ {
		select {
		case <-ctx.Done():
			fmt.Printf("item %d: the context has ended\n", item)
			late++
			// This leaves the loop.
			break submit
		case jobs <- item:
			fmt.Printf("item %d: submitted\n", item)
		}
	}
	fmt.Printf("%d turn after the end\n", late)
}

// Try: put the loop into a function of its own, and return where the break is. Is the label still needed?
