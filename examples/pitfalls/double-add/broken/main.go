// Adding twice: all workers are added before the loop, and each of them once more inside it. Each worker calls Done
// once, so the counter stops half way down, and Wait never returns.
package main

import (
	"fmt"
	"sync"
	"sync/atomic"
)

const numWorkers = 3
const numJobs = 5

func main() {
	jobs := make(chan int, numJobs)
	results := make(chan int, numJobs)

	// The last worker to return prints this line.
	var ended atomic.Int64

	var wg sync.WaitGroup
	wg.Add(numWorkers)
	for range numWorkers {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for n := range jobs {
				results <- n * n
			}
			if ended.Add(1) == numWorkers {
				fmt.Printf("all %d workers have ended\n", numWorkers)
			}
		}()
	}

	for n := 1; n <= numJobs; n++ {
		jobs <- n
	}
	close(jobs)

	wg.Wait()
	close(results)

	sum := 0
	for r := range results {
		sum += r
	}
	fmt.Printf("the squares of 1 to %d add up to %d\n", numJobs, sum)
}

// Try: remove one of the two Adds. Does it matter which?
