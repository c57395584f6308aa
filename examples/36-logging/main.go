// Logging: each worker logs the start of each job and its end. Main logs the length of the queue, which is the number
// of jobs that have not started.
package main

import (
	"errors"
	"fmt"
	"sync"
	"time"
)

const numWorkers = 3
const numJobs = 9
const round = 60 * time.Millisecond

func process(job int) error {
	time.Sleep(round)
	if job%4 == 0 {
		return errors.New("out of paper")
	}
	return nil
}

// One line at the start and one at the end, however the job ends: a job without a second line is still running, or
// hangs.
func worker(id int, jobs <-chan int) {
	for job := range jobs {
		fmt.Printf("worker %d: job %d started\n", id, job)
		err := process(job)
		if err != nil {
			fmt.Printf("worker %d: job %d failed: %v\n", id, job, err)
			continue
		}
		fmt.Printf("worker %d: job %d finished\n", id, job)
	}
}

func main() {
	jobs := make(chan int, numJobs)
	var wg sync.WaitGroup
	for id := 1; id <= numWorkers; id++ {
		wg.Go(func() { worker(id, jobs) })
	}

	for job := 1; job <= numJobs; job++ {
		jobs <- job
	}
	close(jobs)

	// Main reads the length in the middle of each round. A running job has left the queue, so an empty queue does not
	// mean that all jobs are done.
	time.Sleep(round / 2)
	for len(jobs) > 0 {
		fmt.Printf("queue: %d waiting\n", len(jobs))
		time.Sleep(round)
	}
	fmt.Printf("queue: %d waiting\n", len(jobs))

	wg.Wait()
	fmt.Println("all workers have ended")
}

// Try: a fourth worker. What is the length of the queue in each round?
