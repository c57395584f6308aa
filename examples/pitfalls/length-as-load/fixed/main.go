// The length as the load, fixed: two counters in addition to the channel, one of blocked submitters and one of running
// jobs. Together with the length they are the load, whatever the buffer.
package main

import (
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

const round = 100 * time.Millisecond

func main() {
	jobs := make(chan int)
	var waiting, inFlight atomic.Int64

	// Two workers; a job takes one round.
	var workers sync.WaitGroup
	for range 2 {
		workers.Go(func() {
			for range jobs {
				inFlight.Add(1)
				time.Sleep(round)
				inFlight.Add(-1)
			}
		})
	}

	// Seven submitters, with one job each.
	start := time.Now()
	var submitters sync.WaitGroup
	for j := 1; j <= 7; j++ {
		submitters.Go(func() {
			waiting.Add(1)
			jobs <- j
			waiting.Add(-1)
		})
	}

	// Now two jobs are running, and five submitters are blocked.
	time.Sleep(round / 2)
	fmt.Printf("load: %d waiting, %d in the queue, %d in flight\n", waiting.Load(), len(jobs), inFlight.Load())

	// Seven jobs take two workers four rounds.
	submitters.Wait()
	close(jobs)
	workers.Wait()
	fmt.Printf("all done after %d rounds\n", time.Since(start).Round(round)/round)
}

// Try: a queue with room for 3. Which of the three numbers change, and does their sum change?
