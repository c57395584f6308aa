// Back pressure: a queue lets the producer run ahead of the workers, by its capacity and no further. Then the producer
// works at their pace, and nothing piles up.
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
	// How many jobs the producer is rid of, and how many the workers have taken.
	var sent, taken atomic.Int64

	// A job lasts until it is allowed to finish, so that we can watch one step at a time.
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

	// The producer would like to be rid of all its jobs at once.
	go func() {
		for j := 1; j <= numJobs; j++ {
			jobs <- j
			sent.Add(1)
		}
		close(jobs)
	}()

	// Every worker is busy, and the buffer is full: job 6 must wait. From here on one job has to finish for each that is
	// sent, until the producer has no more.
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
