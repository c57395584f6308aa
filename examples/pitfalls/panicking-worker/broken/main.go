// One panicking worker: a panic that is not recovered ends the whole program, with exit code 2, and not only the
// worker. The jobs of the other workers are lost too.
package main

import (
	"fmt"
	"time"
)

const numWorkers = 3
const numJobs = 6

type result struct {
	job   int
	value int
}

// Job n takes n times 40 ms. Job 4 panics.
func process(j int) int {
	time.Sleep(time.Duration(j) * 40 * time.Millisecond)
	if j == 4 {
		panic("boom in worker")
	}
	return j * 2
}

func worker(jobs <-chan int, results chan<- result) {
	for j := range jobs {
		results <- result{j, process(j)}
	}
}

func main() {
	jobs := make(chan int, numJobs)
	results := make(chan result, numJobs)
	for range numWorkers {
		go worker(jobs, results)
	}
	for j := 1; j <= numJobs; j++ {
		jobs <- j
	}
	close(jobs)

	// When job 4 panics, the other two workers are in the middle of jobs 5 and 6.
	done := 0
	for range numJobs {
		r := <-results
		fmt.Printf("job %d: %d\n", r.job, r.value)
		done++
	}
	fmt.Printf("%d done\n", done)
}

// Try: recover in main. Does it help?
