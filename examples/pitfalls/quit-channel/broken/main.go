// An ignored quit channel: the worker waits for it only together with the jobs. While the worker is blocked in the send
// of a result that is never read, stop has no effect.
package main

import (
	"fmt"
	"time"
)

type worker struct {
	jobs    <-chan int
	results chan<- int
	quit    chan struct{}
	stopped chan struct{}
}

func newWorker(jobs <-chan int, results chan<- int) *worker {
	return &worker{jobs: jobs, results: results, quit: make(chan struct{}), stopped: make(chan struct{})}
}

func (w *worker) start() {
	go func() {
		defer close(w.stopped)
		for {
			select {
			case j, ok := <-w.jobs:
				if !ok {
					return
				}
				w.results <- j * j
			case <-w.quit:
				return
			}
		}
	}()
}

func (w *worker) stop() {
	close(w.quit)
}

func main() {
	jobs := make(chan int, 5)
	results := make(chan int)
	w := newWorker(jobs, results)
	w.start()
	for j := 1; j <= 5; j++ {
		jobs <- j
	}

	// Main needs only one result. The worker then blocks in the send of the next one.
	fmt.Printf("the first result is %d\n", <-results)
	time.Sleep(50 * time.Millisecond)

	w.stop()
	select {
	case <-w.stopped:
		fmt.Println("the worker has stopped")
	case <-time.After(200 * time.Millisecond):
		fmt.Println("200 ms after stop, the worker has not stopped")
	}
}

// Try: read one more result after stop. What does the worker do then, and is it always the same?
