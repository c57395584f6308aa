// Buffer sizes: a send blocks only while the buffer is full. A buffer absorbs a burst that fits into it. Without a
// buffer, each send waits for a worker.
package main

import (
	"fmt"
	"sync"
	"time"
)

const round = 50 * time.Millisecond
const numJobs = 5

// Counts the sends that do not block without a receiver. It stops at the first send that would block.
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

// The producer sends a burst of jobs as fast as it can. A slow worker takes one job per round.
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

	// Without a buffer, a send completes when the worker takes the job.
	burst(0)

	// A buffer absorbs the start of the burst. For the other jobs the producer waits, as without a buffer.
	burst(2)

	// A burst that fits into the buffer does not block. The worker does not become faster, and the queued jobs occupy
	// memory.
	burst(numJobs)
}

// Try: a capacity of 4. Predict the rounds in which the jobs are sent, and then run the program.
