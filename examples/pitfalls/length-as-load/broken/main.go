// The length as the load: the length of a channel counts what is in its buffer, and never the senders that wait. On a
// queue without a buffer it is 0, however many wait.
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

	// Seven submitters, with a job each.
	start := time.Now()
	var submitters sync.WaitGroup
	for j := 1; j <= 7; j++ {
		submitters.Go(func() {
			jobs <- j
		})
	}

	// Now two jobs are being done, and five submitters wait.
	time.Sleep(round / 2)
	fmt.Printf("load: %d\n", len(jobs))

	// The time that it takes tells what the length has not told.
	submitters.Wait()
	close(jobs)
	workers.Wait()
	fmt.Printf("all done after %d rounds\n", time.Since(start).Round(round)/round)
}

// Try: a queue with room for 3. Which number do you see, and is it the load?
