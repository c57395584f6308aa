// A worker pool is a fixed number of goroutines that receive jobs from one shared channel. An idle worker takes the
// next job, so the load balances itself.
package main

import (
	"fmt"
	"sync"
)

const numWorkers = 3
const numJobs = 9

type result struct {
	number int
	square int
}

// A worker ranges over the jobs. The loop ends when the channel is closed and empty, and the worker returns.
func worker(jobs <-chan int, results chan<- result) {
	for n := range jobs {
		results <- result{n, n * n}
	}
}

// The pool starts the workers and waits until all of them have returned. Only then can it close the results: a send on
// a closed channel panics.
func pool(jobs <-chan int, results chan<- result) {
	var wg sync.WaitGroup
	for range numWorkers {
		wg.Go(func() { worker(jobs, results) })
	}
	wg.Wait()
	close(results)
}

func main() {
	jobs := make(chan int)
	results := make(chan result)

	// The pool runs in its own goroutine, because it blocks and main has to read the results.
	go pool(jobs, results)

	// The jobs are sent from a goroutine for the same reason. Closing the channel signals that no more jobs follow.
	go func() {
		for n := 1; n <= numJobs; n++ {
			jobs <- n
		}
		close(jobs)
	}()

	// The results arrive in the order of completion. The loop ends when the pool closes the channel.
	sum := 0
	for r := range results {
		fmt.Printf("%d squared is %d\n", r.number, r.square)
		sum += r.square
	}
	fmt.Printf("%d jobs, %d workers, sum %d\n", numJobs, numWorkers, sum)
}

// Try: call pool without `go`. Which goroutine waits for which?
