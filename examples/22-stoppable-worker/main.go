// A stoppable worker has its own quit channel. It also waits for quit wherever it blocks, at the receive of a job and
// at the send of a result, and it calls a callback when it ends.
package main

import (
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

type Worker struct {
	id       int
	jobs     <-chan int
	results  chan<- int
	stopped  func(id int)
	quit     chan struct{}
	ended    chan struct{}
	stopping sync.Once
}

func NewWorker(id int, jobs <-chan int, results chan<- int, stopped func(id int)) *Worker {
	return &Worker{
		id:      id,
		jobs:    jobs,
		results: results,
		stopped: stopped,
		quit:    make(chan struct{}),
		ended:   make(chan struct{}),
	}
}

func (w *Worker) Start() {
	go w.run()
}

// Stop waits until the worker has ended. A channel can be closed only once, but stop may be called repeatedly.
func (w *Worker) Stop() {
	w.stopping.Do(func() {
		close(w.quit)
	})
	<-w.ended
}

func (w *Worker) run() {
	// Deferred calls run in reverse order, so the callback has been called when stop returns.
	defer close(w.ended)
	defer w.stopped(w.id)
	for {
		// Select chooses at random if both cases are ready, so quit is checked first.
		select {
		case <-w.quit:
			return
		default:
		}
		select {
		case <-w.quit:
			return
		case job, ok := <-w.jobs:
			if !ok {
				return
			}
			// The work itself is not interrupted.
			time.Sleep(50 * time.Millisecond)
			// The reader may have stopped reading.
			select {
			case w.results <- 2 * job:
			case <-w.quit:
				return
			}
		}
	}
}

func main() {
	jobs := make(chan int, 100)
	results := make(chan int)
	report := func(id int) { fmt.Printf("worker %d has stopped\n", id) }

	first := NewWorker(1, jobs, results, report)
	first.Start()
	time.Sleep(20 * time.Millisecond)
	fmt.Println("worker 1 waits for a job: stop")
	first.Stop()

	second := NewWorker(2, jobs, results, report)
	second.Start()
	jobs <- 1
	time.Sleep(100 * time.Millisecond)
	fmt.Println("worker 2 waits for a reader of its result: stop, twice")
	second.Stop()
	second.Stop()

	third := NewWorker(3, jobs, results, report)
	third.Start()
	jobs <- 2
	<-results
	fmt.Println("worker 3 waits for a job: close the jobs")
	close(jobs)
	time.Sleep(50 * time.Millisecond)
	fmt.Println("worker 3 has ended: stop it anyway")
	third.Stop()

	// These workers are stopped during their first job. More jobs are queued, and the buffer has room for all results,
	// but quit takes precedence.
	jobs = make(chan int, 100)
	results = make(chan int, 100)
	for job := 1; job <= 100; job++ {
		jobs <- job
	}
	var calls atomic.Int64
	var workers []*Worker
	for id := 1; id <= 20; id++ {
		w := NewWorker(id, jobs, results, func(int) { calls.Add(1) })
		w.Start()
		workers = append(workers, w)
	}
	time.Sleep(20 * time.Millisecond)
	var wg sync.WaitGroup
	for _, w := range workers {
		wg.Go(w.Stop)
	}
	wg.Wait()
	fmt.Printf("%d workers stopped in their first job, %d of 100 jobs are left\n", calls.Load(), len(jobs))
}

// Try: remove the select that checks quit alone. How many jobs are left then?
