// Worker pools.
package main

import "sync"

const workers = 4

// The pool of the tutorials: workers range over the jobs, and a goroutine that waits for them closes the results.
func poolOfChannels(n int, _ *meter) int {
	jobs, results := make(chan int, capacity), make(chan int, capacity)
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for job := range jobs {
				results <- 2 * job
			}
		})
	}
	go func() {
		feed(jobs, n)
		close(jobs)
		wg.Wait()
		close(results)
	}()
	sum := 0
	for result := range results {
		sum += result
	}
	return sum
}

// The results are in the order of the items: a worker writes each result at the index of its item.
func poolMap(n int, _ *meter) int {
	indexes := make(chan int)
	results := make([]int, n)
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for i := range indexes {
				results[i] = 2 * i
			}
		})
	}
	feed(indexes, n)
	close(indexes)
	wg.Wait()
	return total(results)
}
