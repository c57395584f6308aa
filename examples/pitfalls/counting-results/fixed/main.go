// Counting the results, fixed: the results channel is closed when all workers have returned, and main reads until then.
// The number of results need not be known.
package main

import (
	"errors"
	"fmt"
	"sync"
)

const numWorkers = 3
const numJobs = 10

func process(n int) (int, error) {
	if n == 7 {
		return 0, errors.New("seven is refused")
	}
	return n * 2, nil
}

func worker(jobs <-chan int, results chan<- int) {
	for n := range jobs {
		result, err := process(n)
		// A failed job sends no result, and the end does not depend on it.
		if err != nil {
			continue
		}
		results <- result
	}
}

func main() {
	jobs := make(chan int, numJobs)
	results := make(chan int, numJobs)
	var wg sync.WaitGroup
	for range numWorkers {
		wg.Go(func() { worker(jobs, results) })
	}

	for n := 1; n <= numJobs; n++ {
		jobs <- n
	}
	close(jobs)

	go func() {
		wg.Wait()
		close(results)
	}()

	i := 0
	for range results {
		i++
		fmt.Printf("result %d received\n", i)
	}
	fmt.Println("all jobs processed")
}

// Try: let all jobs fail. Does the program still end?
