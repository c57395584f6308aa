// Results closed too early, mended: a goroutine of its own waits until all workers have ended, and closes the results
// then. All results arrive, and the reader still learns when there are no more.
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

	// Only those who send can say that there will be no more: so it is their end that counts.
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

	// The program has other things to do.
	time.Sleep(200 * time.Millisecond)
	fmt.Println("the end")
}

// Try: wait and close in main, before the loop, with results that are not buffered. Who waits for whom?
