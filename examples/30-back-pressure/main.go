// Back-pressure: a queue lets the producer run ahead of the workers by at most its capacity. After that, the producer
// runs at the pace of the workers, and the queue does not grow.
package main

import (
	"fmt"
	"sync/atomic"
	"time"
)

const numWorkers = 2
const capacity = 3
const numJobs = 8

func main() {
	jobs := make(chan int, capacity)
	// The number of jobs that the producer has sent, and the number that the workers have taken.
	var sent, taken atomic.Int64

	// A job lasts until main lets it finish, so that each step can be observed.
	finish := make(chan struct{})
	worker := func(jobs <-chan int) {
		for range jobs {
			taken.Add(1)
			<-finish
		}
	}
	for range numWorkers {
		go worker(jobs)
	}

	// The producer sends all of its jobs as fast as it can.
	go func() {
		for j := 1; j <= numJobs; j++ {
			jobs <- j
			sent.Add(1)
		}
		close(jobs)
	}()

	// Every worker is busy and the buffer is full, so job 6 waits. From here on, each send waits until one job has
	// finished, until all jobs are sent.
	for finished := 0; finished <= numJobs; finished++ {
		if finished > 0 {
			finish <- struct{}{}
		}
		time.Sleep(40 * time.Millisecond)
		taken, sent := taken.Load(), sent.Load()
		fmt.Printf("%d finished: %d taken, %d sent, %d ahead\n", finished, taken, sent, sent-taken)
	}
}

// Try: a capacity of 0. How far does the producer run ahead?
