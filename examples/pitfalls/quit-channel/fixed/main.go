// An ignored quit channel, fixed: the worker waits for it wherever it blocks, also at the send of a result, and checks
// it before each job. Stop may be called repeatedly, and returns when the worker has ended.
package main

import (
	"fmt"
	"sync"
	"time"
)

type worker struct {
	jobs     <-chan int
	results  chan<- int
	quit     chan struct{}
	stopping sync.Once
	stopped  chan struct{}
}

func newWorker(jobs <-chan int, results chan<- int) *worker {
	return &worker{jobs: jobs, results: results, quit: make(chan struct{}), stopped: make(chan struct{})}
}

func (w *worker) start() {
	go func() {
		defer close(w.stopped)
		for {
			// Select chooses at random if both cases are ready, so quit is checked first.
			select {
			case <-w.quit:
				return
			default:
			}
			select {
			case j, ok := <-w.jobs:
				if !ok {
					return
				}
				// The reader may have stopped reading.
				select {
				case w.results <- j * j:
				case <-w.quit:
					return
				}
			case <-w.quit:
				return
			}
		}
	}()
}

func (w *worker) stop() {
	w.stopping.Do(func() { close(w.quit) })
	<-w.stopped
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
	w.stop()
	select {
	case <-w.stopped:
		fmt.Println("the worker has stopped")
	case <-time.After(200 * time.Millisecond):
		fmt.Println("200 ms after stop, the worker has not stopped")
	}
}

// Try: print len(jobs) at the end. What happened to job 2?
