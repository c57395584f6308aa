// Results arrive in the order of completion, not in the order of submission. If each job carries its index, its result
// can be put back in order.
package main

import (
	"fmt"
	"strings"
	"sync"
	"time"
)

const unit = 80 * time.Millisecond

type job struct {
	index int
	name  string
	units int
}

type result struct {
	index int
	name  string
}

// Three workers append to completed, so a mutex guards it.
var mu sync.Mutex
var completed []string

func worker(jobs <-chan job, results chan<- result) {
	for j := range jobs {
		// The workers sleep one unit at a time, in step, so a slow machine delays all of them equally.
		for range j.units {
			time.Sleep(unit)
		}
		mu.Lock()
		completed = append(completed, j.name)
		mu.Unlock()
		results <- result{j.index, j.name}
	}
}

func main() {
	// The first job takes longest, and each job takes less time than the one before.
	names := []string{"a", "b", "c", "d", "e", "f"}
	units := []int{13, 8, 6, 5, 4, 3}
	jobs := make(chan job, len(names))
	results := make(chan result)
	for i, name := range names {
		jobs <- job{i, name, units[i]}
	}
	close(jobs)

	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() { worker(jobs, results) })
	}
	go func() {
		wg.Wait()
		close(results)
	}()

	// A result can arrive before the results of earlier jobs, so restored has a slot for each job from the start.
	received := []string{}
	restored := make([]string, len(names))
	for r := range results {
		received = append(received, r.name)
		restored[r.index] = r.name
	}

	fmt.Printf("submitted: %s\n", strings.Join(names, " "))
	fmt.Printf("completed: %s\n", strings.Join(completed, " "))
	fmt.Printf("received:  %s\n", strings.Join(received, " "))
	fmt.Printf("restored:  %s\n", strings.Join(restored, " "))
}

// Try: one worker. In which order do the results arrive now?
