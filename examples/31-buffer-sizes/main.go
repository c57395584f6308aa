// Buffer sizes: a send waits only while the buffer is full. So a buffer smooths a burst as long as the burst fits in,
// and without a buffer each send waits for a worker.
package main

import (
	"fmt"
	"sync"
	"time"
)

const round = 50 * time.Millisecond
const numJobs = 5

// How many sends do not wait while nobody receives? Here a send that would have to wait is given up instead.
func room(capacity int) int {
	jobs := make(chan int, capacity)
	for sent := 0; ; sent++ {
		select {
		case jobs <- sent:
		default:
			return sent
		}
	}
}

// The producer sends a burst of jobs, as fast as it can. A slow worker takes one in each round.
func burst(capacity int) {
	jobs := make(chan int, capacity)
	var sent, taken []int
	start := time.Now()
	now := func() int { return int(time.Since(start).Round(round) / round) }

	var wg sync.WaitGroup
	wg.Go(func() {
		for range numJobs {
			time.Sleep(round)
			<-jobs
			taken = append(taken, now())
		}
	})

	for j := 1; j <= numJobs; j++ {
		jobs <- j
		sent = append(sent, now())
	}
	wg.Wait()
	fmt.Printf("capacity %d: sent in rounds %v, taken in rounds %v\n", capacity, sent, taken)
}

func main() {
	fmt.Printf("capacity 0: %d sends do not wait\n", room(0))
	fmt.Printf("capacity 100: %d sends do not wait, the next would\n", room(100))

	// Without a buffer a send is over when the worker takes the job, and not before.
	burst(0)

	// A buffer takes the beginning of the burst; for the rest the producer waits, as without one.
	burst(2)

	// A burst that fits in does not wait at all. The worker is no faster for it, and the jobs that wait take memory.
	burst(numJobs)
}

// Try: a capacity of 4. In which rounds will the jobs be sent? Say so before you run it.
