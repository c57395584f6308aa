// The length as the load: the length of a channel counts the values in its buffer, not the blocked senders. The length
// of an unbuffered channel is always 0.
package main

import (
	"fmt"
	"sync"
	"time"
)

const round = 100 * time.Millisecond

func main() {
	jobs := make(chan int)

	// Two workers; a job takes one round.
	var workers sync.WaitGroup
	for range 2 {
		workers.Go(func() {
			for range jobs {
				time.Sleep(round)
			}
		})
	}

	// Seven submitters, with one job each.
	start := time.Now()
	var submitters sync.WaitGroup
	for j := 1; j <= 7; j++ {
		submitters.Go(func() {
			jobs <- j
		})
	}

	// Now two jobs are running, and five submitters are blocked.
	time.Sleep(round / 2)
	fmt.Printf("load: %d\n", len(jobs))

	// The elapsed time shows the load that the length does not show.
	submitters.Wait()
	close(jobs)
	workers.Wait()
	fmt.Printf("all done after %d rounds\n", time.Since(start).Round(round)/round)
}

// Try: a queue with room for 3. Which number is printed, and is it the load?
