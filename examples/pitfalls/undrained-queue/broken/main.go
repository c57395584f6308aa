// An undrained queue: a worker returns at its first error and leaves the queued jobs in the channel. When all workers
// have returned, the queue stays full, and the next send blocks forever.
package main

import (
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

const numJobs = 9

// Jobs 3 and 4 are broken. Each job takes 20 ms longer than the one before.
func process(n int) error {
	time.Sleep(time.Duration(n) * 20 * time.Millisecond)
	if n == 3 || n == 4 {
		return fmt.Errorf("job %d is broken", n)
	}
	return nil
}

func main() {
	jobs := make(chan int, 3)

	// The workers share the counter, so it is atomic.
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

	// Two jobs are done, two fail, and three stay in the queue. The eighth job finds no room.
	for n := 1; n <= numJobs; n++ {
		jobs <- n
	}
	close(jobs)

	wg.Wait()
	fmt.Printf("%d jobs submitted, %d done\n", numJobs, done.Load())
}

// Try: seven jobs. The program ends, but what does it not report?
