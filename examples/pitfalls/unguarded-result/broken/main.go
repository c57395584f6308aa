// An unguarded result: the workers check the context when they receive, but not when they send. When main stops reading
// the results, the workers block in their sends forever, and the pool waits for them.
package main

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"time"
)

func worker(ctx context.Context, jobs <-chan int, results chan<- int) {
	for {
		select {
		case <-ctx.Done():
			return
		case job, ok := <-jobs:
			if !ok {
				return
			}
			// The reader may have stopped reading.
			results <- job * job
		}
	}
}

func pool(ctx context.Context, jobs <-chan int, results chan<- int) {
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() { worker(ctx, jobs, results) })
	}
	wg.Wait()
	close(results)
}

func main() {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	jobs := make(chan int, 4)
	results := make(chan int)
	for job := 1; job <= 4; job++ {
		jobs <- job
	}
	close(jobs)

	ended := make(chan struct{})
	go func() {
		pool(ctx, jobs, results)
		close(ended)
	}()

	// Main needs only one result. At the cancel, both workers have their next result ready.
	<-results
	time.Sleep(50 * time.Millisecond)
	cancel()

	// The cancel should end all workers at once.
	time.Sleep(100 * time.Millisecond)
	select {
	case <-ended:
		fmt.Println("the pool has ended")
	default:
		fmt.Println("the pool still waits, 100 ms after the cancel")
	}
	fmt.Printf("%d goroutines are left\n", runtime.NumGoroutine()-1)
}

// Try: give results a capacity of 4. Which goroutines are left then?
