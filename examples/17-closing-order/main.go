// The order of closing: first close the jobs, then wait for the workers, then close the results. A channel may be
// closed only when no more sends can follow.
package main

import (
	"fmt"
	"sync"
	"time"
)

const numWorkers = 3

type job struct {
	id    int
	units time.Duration // how long it takes, in units of 30 ms
}

func worker(jobs <-chan job, results chan<- int) {
	for j := range jobs {
		time.Sleep(j.units * 30 * time.Millisecond)
		fmt.Printf("job %d is done\n", j.id)
		results <- j.id
	}
	fmt.Println("a worker ends")
}

func main() {
	durations := []time.Duration{3, 1, 5, 1, 2, 3}
	jobs := make(chan job, len(durations))
	results := make(chan int)

	var wg sync.WaitGroup
	for range numWorkers {
		wg.Go(func() { worker(jobs, results) })
	}

	// Main is the only sender of jobs, so it may close the channel after the last send. The workers still receive the
	// queued jobs.
	for i, units := range durations {
		jobs <- job{i + 1, units}
	}
	fmt.Println("1. close the jobs")
	close(jobs)

	// The workers send the results, so the last worker must return before the close. Main cannot wait for that: the
	// workers wait for main to read.
	go func() {
		wg.Wait()
		fmt.Println("2. all workers have ended")
		fmt.Println("3. close the results")
		close(results)
	}()

	count := 0
	for range results {
		count++
	}
	fmt.Printf("4. the reader has %d results\n", count)
}

// Try: close the results before the wait. How many results does the reader get then, and why does no send panic?
