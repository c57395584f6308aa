// Workers by hand over a queue, and the two ways to send them home: an end marker for each worker, as with a queue that
// cannot be closed, or one close for all.
package main

import (
	"fmt"
	"slices"
	"sync"
)

const numWorkers = 3
const numJobs = 9

// What is in the queue: a job or, in the first form, an end marker. The marker is no number, since any number could be
// a job.
type item struct {
	job int
	end bool
}

// A marker ends the worker that takes it, and no other: so it takes as many markers as there are workers.
func withMarkers() ([]int, int) {
	queue := make(chan item, numJobs)
	results := make(chan int, numJobs)
	ends := make(chan bool, numWorkers)

	var wg sync.WaitGroup
	for range numWorkers {
		wg.Go(func() {
			// Nobody closes the queue: the loop would never end by itself.
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
	return sorted(results), len(ends)
}

// Closing tells everybody, however many they are.
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
	return sorted(results)
}

func sorted(results <-chan int) []int {
	var all []int
	for r := range results {
		all = append(all, r)
	}
	slices.Sort(all)
	return all
}

func main() {
	results, ends := withMarkers()
	fmt.Printf("with %d end markers: %v\n", ends, results)
	fmt.Printf("with close: %v\n", withClose())
}

// Try: one marker less, then one more. Which of the two is noticed?
