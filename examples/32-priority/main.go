// Priorities: two queues, the urgent one first. A plain select is not enough: if both cases are ready, it chooses at
// random. So the worker first tries to receive a high job alone, without blocking, and only then waits for either.
package main

import (
	"fmt"
	"sync"
)

// The first select never blocks. The second may block, and runs if no high job was queued. A high job that arrives
// between the two can still lose to one low job.
func next(high, low <-chan string) string {
	select {
	case job := <-high:
		return job
	default:
	}
	return either(high, low)
}

func either(high, low <-chan string) string {
	select {
	case job := <-high:
		return job
	case job := <-low:
		return job
	}
}

// How many of the first 10,000 jobs are high if both queues always contain jobs?
func countHigh(take func(high, low <-chan string) string) int {
	high := make(chan string, 10_000)
	low := make(chan string, 10_000)
	for range 10_000 {
		high <- "high"
		low <- "low"
	}

	count := 0
	for range 10_000 {
		if take(high, low) == "high" {
			count++
		}
	}
	return count
}

func main() {
	high := make(chan string, 10)
	low := make(chan string, 10)
	for n := 1; n <= 3; n++ {
		low <- fmt.Sprintf("low %d", n)
		high <- fmt.Sprintf("high %d", n)
	}

	// No low job starts while a high one is queued. A high job that is queued late also overtakes the low ones.
	var wg sync.WaitGroup
	wg.Go(func() {
		for range 7 {
			job := next(high, low)
			fmt.Println(job)
			if job == "low 1" {
				high <- "high 4, queued late"
			}
		}
	})
	wg.Wait()

	fmt.Printf("high first: %d of 10000 were high\n", countHigh(next))
	count := countHigh(either)
	fmt.Printf("plain select: between 45 and 55 %% were high: %t\n", count >= 4500 && count <= 5500)
}

// Try: let the worker call either instead of next, and run the program several times.
