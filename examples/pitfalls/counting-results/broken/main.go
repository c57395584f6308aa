// Counting the results: ten jobs are sent and ten results expected, but a failed job sends none. Nine results arrive,
// and main waits for the tenth forever.
package main

import (
	"errors"
	"fmt"
)

const numWorkers = 3
const numJobs = 10

func process(n int) (int, error) {
	if n == 7 {
		return 0, errors.New("seven is refused")
	}
	return n * 2, nil
}

func worker(jobs <-chan int, results chan<- int) {
	for n := range jobs {
		result, err := process(n)
		// A failed job sends no result, so the count is wrong.
		if err != nil {
			continue
		}
		results <- result
	}
}

func main() {
	jobs := make(chan int, numJobs)
	results := make(chan int, numJobs)
	for range numWorkers {
		go worker(jobs, results)
	}

	for n := 1; n <= numJobs; n++ {
		jobs <- n
	}
	close(jobs)

	// The count alone determines the end.
	for i := 1; i <= numJobs; i++ {
		<-results
		fmt.Printf("result %d received\n", i)
	}
	fmt.Println("all jobs processed")
}

// Try: let every failed job send a result too, 0 for example. What can the reader no longer see in the results?
