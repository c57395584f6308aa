// Waiting for the workers: the pool returns only after all workers have returned. Receiving all results is not enough,
// because a worker may still have work to do after its last result.
package main

import (
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

const numWorkers = 3
const numJobs = 6

// Goroutines run in parallel, so the counter is atomic.
var live atomic.Int32

func worker(jobs <-chan int, results chan<- int) {
	live.Add(1)
	defer live.Add(-1)

	for job := range jobs {
		time.Sleep(50 * time.Millisecond)
		results <- job
	}

	// For example, write a file and close a connection.
	time.Sleep(50 * time.Millisecond)
	fmt.Println("a worker has cleaned up")
}

func pool(jobs <-chan int, results chan<- int) {
	var wg sync.WaitGroup
	for range numWorkers {
		wg.Go(func() { worker(jobs, results) })
	}
	wg.Wait()
}

func main() {
	jobs := make(chan int, numJobs)
	results := make(chan int)
	for job := 1; job <= numJobs; job++ {
		jobs <- job
	}
	close(jobs)

	returned := make(chan struct{})
	go func() {
		pool(jobs, results)
		close(returned)
	}()

	for range numJobs {
		<-results
	}
	fmt.Printf("all %d results are here, live workers: %d\n", numJobs, live.Load())

	<-returned
	fmt.Printf("the pool has returned, live workers: %d\n", live.Load())
}

// Try: remove the wait from the pool. How many workers are live when it returns, and which lines are missing?
