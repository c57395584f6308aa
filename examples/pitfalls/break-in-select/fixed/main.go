// Break inside a select, fixed: the loop has a label, and the break names it, so submitting stops at the first
// iteration that finds the context done.
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

	// The only worker returns after two jobs and cancels the context.
	go func() {
		for range 2 {
			<-jobs
		}
		cancel()
	}()

	// Submitting stops when the context is done.
	late := 0
submit:
	for item := 1; item <= numItems; item++ {
		select {
		case <-ctx.Done():
			fmt.Printf("item %d: the context has ended\n", item)
			late++
			// This break leaves the loop.
			break submit
		case jobs <- item:
			fmt.Printf("item %d: submitted\n", item)
		}
	}
	fmt.Printf("%d turn after the end\n", late)
}

// Try: move the loop into a function, and return instead of the break. Is the label still needed?
