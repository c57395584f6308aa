// A queue that nobody drains: a worker stops at its first error and leaves what is queued where it is. When all workers
// have stopped the queue stays full, and whoever submits the next job waits for ever.
package main

import (
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

const numJobs = 9

// Jobs 3 and 4 are broken. Each job takes a little longer than the one before.
func process(n int) error {
	time.Sleep(time.Duration(n) * 20 * time.Millisecond)
	if n == 3 || n == 4 {
		return fmt.Errorf("job %d is broken", n)
	}
	return nil
}

func main() {
	jobs := make(chan int, 3)

	// The workers count together, so the counter is atomic.
	var done atomic.Int64
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			for n := range jobs {
				if err := process(n); err != nil {
					fmt.Printf("%v: its worker stops\n", err)
					return
				}
				done.Add(1)
			}
		})
	}

	// Two jobs are done, two fail, three stay in the queue: the eighth finds no place.
	for n := 1; n <= numJobs; n++ {
		jobs <- n
	}
	close(jobs)

	wg.Wait()
	fmt.Printf("%d jobs submitted, %d done\n", numJobs, done.Load())
}

// Try: seven jobs. The program ends, and what does it not tell?
