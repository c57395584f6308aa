// Waiting in the caller: pool returns when all workers have returned, the workers return when their results are read,
// and the goroutine that would read them waits for pool to return.
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

// This pool is correct: it closes the results when no more sends can follow.
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

	fmt.Println("calling pool")
	pool(jobs, results)

	sum := 0
	for r := range results {
		sum += r
	}
	fmt.Printf("the squares of 1 to %d add up to %d\n", numJobs, sum)
}

// Try: results with a buffer, first of 4, then of 5. Why is 5 enough?
