// An abandoned pool: only the function that makes the channels can reach them, and it neither sends jobs nor waits for
// the workers. It returns at once and leaves its workers blocked until the context is canceled.
package main

import (
	"context"
	"fmt"
	"runtime"
	"time"
)

const numWorkers = 3

func workerPool(ctx context.Context) {
	jobs := make(chan int)
	results := make(chan int)

	for range numWorkers {
		go func() {
			for {
				select {
				case <-ctx.Done():
					return
				case job, ok := <-jobs:
					if !ok {
						return
					}
					results <- job * job
				}
			}
		}()
	}
}

func main() {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	fmt.Printf("before: %d workers live\n", runtime.NumGoroutine()-1)

	// The caller cannot submit a job or read a result.
	workerPool(ctx)
	time.Sleep(50 * time.Millisecond)
	fmt.Printf("after the pool has returned: %d workers live\n", runtime.NumGoroutine()-1)

	cancel()
	time.Sleep(50 * time.Millisecond)
	fmt.Printf("after the cancel: %d workers live\n", runtime.NumGoroutine()-1)
}

// Try: call workerPool ten times. How many workers are live then?
