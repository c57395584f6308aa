// Waiting in the caller, fixed: pool runs in its own goroutine, so main is free to read.
package main

import (
	"fmt"
	"sync"
)

const numJobs = 5

func worker(jobs <-chan int, results chan<- int) {
	for n := range jobs {
		results <- n * n
	}
}

// The pool closes the results when no more sends can follow.
func pool(jobs <-chan int, results chan<- int) {
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() { worker(jobs, results) })
	}
	wg.Wait()
	close(results)
}

func main() {
	jobs := make(chan int, numJobs)
	results := make(chan int)
	for n := 1; n <= numJobs; n++ {
		jobs <- n
	}
	close(jobs)

	fmt.Println("starting pool")
	go pool(jobs, results)

	sum := 0
	for r := range results {
		sum += r
	}
	fmt.Printf("the squares of 1 to %d add up to %d\n", numJobs, sum)
}

// Try: read only one result. What happens to the pool when main returns?
