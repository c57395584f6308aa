// An abandoned pool: the channels are known only to the function that makes them, nobody sends, and nobody waits. The
// function returns at once and leaves its workers behind, with nothing to do, until somebody cancels the context.
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

	// There is no way to give the pool a job, or to get a result.
	workerPool(ctx)
	time.Sleep(50 * time.Millisecond)
	fmt.Printf("after the pool has returned: %d workers live\n", runtime.NumGoroutine()-1)

	cancel()
	time.Sleep(50 * time.Millisecond)
	fmt.Printf("after the cancel: %d workers live\n", runtime.NumGoroutine()-1)
}

// Try: call workerPool ten times. How many workers live then?
