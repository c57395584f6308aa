// Random priority: one select over both queues is meant to prefer the important jobs. But select has no preference: if
// both queues have jobs, each is equally likely.
package main

import "fmt"

const numJobs = 10000

// worker takes count jobs, and returns how many of them were high.
func worker(count int, high <-chan int, low <-chan int) int {
	highs := 0
	for range count {
		// The order of the cases has no effect.
		select {
		case <-high:
			highs++
		case <-low:
		}
	}
	return highs
}

func main() {
	// Both queues are full before the worker starts.
	high := make(chan int, numJobs)
	low := make(chan int, numJobs)
	for job := 1; job <= numJobs; job++ {
		high <- job
		low <- job
	}

	first := worker(100, high, low)
	fmt.Printf("the first 100 jobs are all high: %t\n", first == 100)

	share := float64(first+worker(numJobs-100, high, low)) / numJobs
	fmt.Printf("of %d jobs, between 45 %% and 55 %% are high: %t\n", numJobs, share > 0.45 && share < 0.55)
}

// Try: receive from high in two cases of the select. What is its share then?
