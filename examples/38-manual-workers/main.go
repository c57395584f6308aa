// Manual workers over a queue, and two ways to end them: one end marker per worker, as for a queue that cannot be
// closed, or one close for all.
package main

import (
	"fmt"
	"slices"
	"sync"
)

const numWorkers = 3
const numJobs = 9

// An item of the queue is a job or, in the first form, an end marker. The marker is not a number, because every number
// could be a job.
type item struct {
	job int
	end bool
}

// A marker ends only the worker that takes it, so the queue needs as many markers as workers.
func withMarkers() ([]int, int) {
	queue := make(chan item, numJobs)
	results := make(chan int, numJobs)
	ends := make(chan bool, numWorkers)

	var wg sync.WaitGroup
	for range numWorkers {
		wg.Go(func() {
			// The queue is not closed, so the loop would never end by itself.
			for it := range queue {
				if it.end {
					ends <- true
					return
				}
				results <- it.job * 2
			}
		})
	}

	for j := 1; j <= numJobs; j++ {
		queue <- item{job: j}
	}
	// The queue is first in, first out: the markers come after all jobs.
	for range numWorkers {
		queue <- item{end: true}
	}
	wg.Wait()
	close(results)
	return collectSorted(results), len(ends)
}

// One close ends all workers, however many there are.
func withClose() []int {
	queue := make(chan int, numJobs)
	results := make(chan int, numJobs)

	var wg sync.WaitGroup
	for range numWorkers {
		wg.Go(func() {
			for j := range queue {
				results <- j * 2
			}
		})
	}

	for j := 1; j <= numJobs; j++ {
		queue <- j
	}
	close(queue)
	wg.Wait()
	close(results)
	return collectSorted(results)
}

func collectSorted(results <-chan int) []int {
	var collected []int
	for r := range results {
		collected = append(collected, r)
	}
	slices.Sort(collected)
	return collected
}

func main() {
	results, ends := withMarkers()
	fmt.Printf("with %d end markers: %v\n", ends, results)
	fmt.Printf("with close: %v\n", withClose())
}

// Try: one marker fewer, then one more. Which of the two is detected?
