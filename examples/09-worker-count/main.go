// The number of workers changes how long the work takes, and nothing else. Twelve equal jobs, which only wait, take as
// many rounds as the busiest worker has jobs.
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

// run starts so many workers, or one for each processor if it is given 0. It answers how many rounds they took, and whether
// the results are those that we want.
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

	// All run at once, and whichever is done first prints first. A thirteenth worker would have nothing to do.
	var wg sync.WaitGroup
	for _, numWorkers := range []int{1, 2, 3, 4, 12} {
		wg.Go(func() {
			rounds, right := run(numWorkers, want)
			fmt.Printf("workers: %d, rounds: %d, all results: %t\n", numWorkers, rounds, right)
		})
	}
	wg.Wait()

	// One worker for each processor is right for jobs that compute, since goroutines run on all processors. Jobs that wait
	// bear more workers: as many as whatever they wait for can serve at once.
	rounds, right := run(0, want)
	expected := (numJobs + runtime.NumCPU() - 1) / runtime.NumCPU()
	fmt.Printf("workers: one for each processor, rounds as expected: %t, all results: %t\n", rounds == expected, right)
}

// Try: 6 and 7 workers. What does the seventh gain?
