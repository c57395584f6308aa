// A timeout around a call: the call is in a case of a select, beside time.After. Select starts when the call has
// returned, so the timeout interrupts nothing and has no effect.
package main

import (
	"fmt"
	"time"
)

const timeout = 200 * time.Millisecond

// A job takes 100 ms; job 2 hangs for 600 ms.
func process(job int) int {
	if job == 2 {
		time.Sleep(600 * time.Millisecond)
	} else {
		time.Sleep(100 * time.Millisecond)
	}
	return job * job
}

// Rounded to 100 ms.
func msSince(start time.Time) int64 {
	return time.Since(start).Round(100 * time.Millisecond).Milliseconds()
}

func worker(jobs <-chan int, results chan<- int) {
	for job := range jobs {
		start := time.Now()
		// The value to send is computed first. Select and the timeout start only after that.
		select {
		case results <- process(job):
			fmt.Printf("job %d: done after %d ms\n", job, msSince(start))
		case <-time.After(timeout):
			fmt.Printf("job %d: timed out after %d ms\n", job, msSince(start))
		}
	}
}

func main() {
	jobs := make(chan int, 3)
	results := make(chan int, 3)
	for job := 1; job <= 3; job++ {
		jobs <- job
	}
	close(jobs)

	start := time.Now()
	worker(jobs, results)
	fmt.Printf("%d results after %d ms\n", len(results), msSince(start))
}

// Try: make the timeout the first case. Job 2 may time out then, but after how long?
