// The number of workers changes only how long the work takes. Twelve equal jobs that only wait take as many rounds as
// the busiest worker has jobs.
package main

import (
	"fmt"
	"runtime"
	"slices"
	"sync"
	"time"
)

const numJobs = 12
const round = 80 * time.Millisecond

// run starts numWorkers workers, or one per processor if numWorkers is 0. It returns the number of rounds, and whether
// the results equal want.
func run(numWorkers int, want []int) (int, bool) {
	if numWorkers == 0 {
		numWorkers = runtime.NumCPU()
	}
	jobs := make(chan int, numJobs)
	results := make(chan int, numJobs)
	for job := 1; job <= numJobs; job++ {
		jobs <- job
	}
	close(jobs)

	done := make([]int, numWorkers)
	var wg sync.WaitGroup
	for w := range numWorkers {
		wg.Go(func() {
			for job := range jobs {
				time.Sleep(round)
				done[w]++
				results <- job * job
			}
		})
	}
	wg.Wait()
	close(results)

	squares := []int{}
	for square := range results {
		squares = append(squares, square)
	}
	slices.Sort(squares)
	return slices.Max(done), slices.Equal(squares, want)
}

func main() {
	want := []int{}
	for job := 1; job <= numJobs; job++ {
		want = append(want, job*job)
	}

	// All runs start at once. The run that finishes first prints first. A thirteenth worker would be idle.
	var wg sync.WaitGroup
	for _, numWorkers := range []int{1, 2, 3, 4, 12} {
		wg.Go(func() {
			rounds, right := run(numWorkers, want)
			fmt.Printf("workers: %d, rounds: %d, all results: %t\n", numWorkers, rounds, right)
		})
	}
	wg.Wait()

	// One worker per processor suits jobs that compute, because goroutines run in parallel. Jobs that wait allow more
	// workers: as many as the service they wait for can handle at once.
	rounds, right := run(0, want)
	expected := (numJobs + runtime.NumCPU() - 1) / runtime.NumCPU()
	fmt.Printf("workers: one for each processor, rounds as expected: %t, all results: %t\n", rounds == expected, right)
}

// Try: 6 and 7 workers. How many rounds does the seventh worker save?
