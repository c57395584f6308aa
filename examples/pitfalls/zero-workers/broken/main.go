// Zero workers: the number of workers is a parameter, and no code checks it. With 0 workers, no goroutine receives a
// job, and the first send blocks forever.
package main

import (
	"context"
	"fmt"
	"sync"
)

func worker(jobs <-chan int, results chan<- int) {
	for n := range jobs {
		results <- n * n
	}
}

func run(ctx context.Context, numWorkers int, items []int) (int, error) {
	jobs := make(chan int)
	results := make(chan int, len(items))
	var wg sync.WaitGroup
	for range numWorkers {
		wg.Go(func() { worker(jobs, results) })
	}

submit:
	for _, item := range items {
		select {
		case jobs <- item:
		case <-ctx.Done():
			break submit
		}
	}
	close(jobs)
	wg.Wait()
	close(results)

	sum := 0
	for r := range results {
		sum += r
	}
	return sum, ctx.Err()
}

func main() {
	for _, numWorkers := range []int{2, 0} {
		fmt.Printf("%d workers\n", numWorkers)
		sum, err := run(context.Background(), numWorkers, []int{1, 2, 3, 4, 5})
		if err != nil {
			fmt.Printf("error: %v\n", err)
			continue
		}
		fmt.Printf("the sum is %d\n", sum)
	}
}

// Try: -1 workers. What happens with no workers and no items?
