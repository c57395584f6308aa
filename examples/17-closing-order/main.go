// The order of closing: first the jobs, then a wait for the workers, then the results. Whoever closes a channel must know
// that nobody will send to it again.
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

	// We are the only one who sends jobs, so we may close the channel after the last. The workers still get what is queued.
	for i, units := range durations {
		jobs <- job{i + 1, units}
	}
	fmt.Println("1. close the jobs")
	close(jobs)

	// The workers send the results, so the last of them must have ended first. We cannot wait for that ourselves: the workers
	// wait for us to read.
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

// Try: close the results before the wait. How many results does the reader have then, and why does no send panic?
