// Break inside a select: it leaves the select, not the loop around it, so the loop runs all of its iterations although
// the context is done.
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

	// Submitting should stop when the context is done.
	late := 0
	for item := 1; item <= numItems; item++ {
		select {
		case <-ctx.Done():
			fmt.Printf("item %d: the context has ended\n", item)
			late++
			// This break leaves the select, and the loop continues with the next item.
			break
		case jobs <- item:
			fmt.Printf("item %d: submitted\n", item)
		}
	}
	fmt.Printf("%d turns after the end\n", late)
}

// Try: write continue instead of break. What changes?
