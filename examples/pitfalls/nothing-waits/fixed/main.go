// Nothing waits, fixed: the jobs are closed, so that the workers return; the results are closed when the workers have
// returned; and main reads until then.
package main

import (
	"fmt"
	"sync"
	"time"
)

const numWorkers = 3
const numJobs = 9

func worker(jobs <-chan int, results chan<- int) {
	for j := range jobs {
		time.Sleep(50 * time.Millisecond)
		results <- j * 2
	}
}

func main() {
	jobs := make(chan int, 100)
	results := make(chan int, 100)
	var wg sync.WaitGroup
	for range numWorkers {
		wg.Go(func() { worker(jobs, results) })
	}
	for j := 1; j <= numJobs; j++ {
		jobs <- j
	}
	close(jobs)

	go func() {
		wg.Wait()
		close(results)
	}()

	count, sum := 0, 0
	for r := range results {
		count++
		sum += r
	}
	fmt.Printf("%d jobs, %d results, sum %d\n", numJobs, count, sum)
}

// Try: remove one of the two closes, then the other. Which goroutine waits for what?
