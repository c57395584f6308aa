// A worker pool is a fixed number of goroutines that take their jobs from one shared channel. Whoever is free takes the
// next job, so the work balances itself.
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

// A worker ranges over the jobs. The loop ends when the channel is closed and empty, and the worker with it.
func worker(jobs <-chan int, results chan<- result) {
	for n := range jobs {
		results <- result{n, n * n}
	}
}

// The pool starts the workers and waits until all of them have ended. Only then may it close the results: a send on a
// closed channel is a panic.
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

	// The pool runs beside us, because it waits, and we have results to read.
	go pool(jobs, results)

	// So does whoever submits the jobs. Closing the channel says that there will be no more.
	go func() {
		for n := 1; n <= numJobs; n++ {
			jobs <- n
		}
		close(jobs)
	}()

	// The results come in the order in which they are ready, and end when the pool closes the channel.
	sum := 0
	for r := range results {
		fmt.Printf("%d squared is %d\n", r.number, r.square)
		sum += r.square
	}
	fmt.Printf("%d jobs, %d workers, sum %d\n", numJobs, numWorkers, sum)
}

// Try: call pool without `go`. Who waits for whom?
