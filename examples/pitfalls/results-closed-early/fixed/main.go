// Results closed too early, fixed: a separate goroutine waits until all workers have returned, and closes the results
// then. All results arrive, and the loop of the reader still ends.
package main

import (
	"fmt"
	"sync"
	"time"
)

const numWorkers = 3
const numJobs = 6

// Job n takes n times 40 ms.
func worker(jobs <-chan int, results chan<- int) {
	for j := range jobs {
		time.Sleep(time.Duration(j) * 40 * time.Millisecond)
		results <- j * 2
	}
}

func main() {
	jobs := make(chan int, numJobs)
	results := make(chan int, numJobs)
	var wg sync.WaitGroup
	for range numWorkers {
		wg.Go(func() { worker(jobs, results) })
	}
	for j := 1; j <= numJobs; j++ {
		jobs <- j
	}
	close(jobs)

	// Only the senders can determine that no more values follow, so the close waits for them.
	go func() {
		wg.Wait()
		close(results)
	}()

	count, sum := 0, 0
	for r := range results {
		count++
		sum += r
	}
	fmt.Printf("%d results, sum %d\n", count, sum)

	// The program continues with other work.
	time.Sleep(200 * time.Millisecond)
	fmt.Println("the end")
}

// Try: wait and close in main, before the loop, with unbuffered results. Which goroutine waits for which?
