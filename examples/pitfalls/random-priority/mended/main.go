// Random priority, mended: the worker first asks for an important job without waiting, and only if there is none does
// it wait for either. As long as high jobs wait in their queue, no low one is taken.
package main

import "fmt"

const numJobs = 100

// A worker takes so many jobs, and gives how many of them were high.
func worker(count int, high <-chan int, low <-chan int) int {
	highs := 0
	for range count {
		select {
		case <-high:
			highs++
		default:
			// Whichever comes first.
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
	// Both queues are full before the worker begins.
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

// Try: send all the low jobs before the high ones. Is any low one taken earlier?
