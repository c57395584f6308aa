// An unguarded result, mended: the send of a result stands in a select with the end of the context, as the receive of a
// job does. The cancel reaches the workers wherever they wait.
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
			// Perhaps nobody reads any more.
			select {
			case <-ctx.Done():
				return
			case results <- job * job:
			}
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

	// One result is enough. By the time of the cancel both workers have the next one ready.
	<-results
	time.Sleep(50 * time.Millisecond)
	cancel()

	// The cancel reaches everybody at once.
	time.Sleep(100 * time.Millisecond)
	select {
	case <-ended:
		fmt.Println("the pool has ended")
	default:
		fmt.Println("the pool still waits, 100 ms after the cancel")
	}
	fmt.Printf("%d goroutines are left\n", runtime.NumGoroutine()-1)
}

// Try: range over the results after the cancel. How many more come, and why does the loop end?
