// Random priority, fixed: the worker first tries to receive an important job without blocking, and waits for either
// queue only if that fails. While high jobs are queued, no low job is taken.
package main

import "fmt"

const numJobs = 100

// worker takes count jobs, and returns how many of them were high.
func worker(count int, high <-chan int, low <-chan int) int {
	highs := 0
	for range count {
		select {
		case <-high:
			highs++
		default:
			// This select takes the job that comes first.
			select {
			case <-high:
				highs++
			case <-low:
			}
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

	first := worker(numJobs, high, low)
	fmt.Printf("the first %d jobs: %d high, %d low\n", numJobs, first, numJobs-first)

	next := worker(numJobs, high, low)
	fmt.Printf("the next %d jobs: %d high, %d low\n", numJobs, next, numJobs-next)
}

// Try: send all low jobs before the high ones. Is any low job taken earlier?
