// An executor, as in Python's standard library: each submitted job returns its own future, so that each caller gets the
// result or the error of its own job.
package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

const numJobs = 9

// Later jobs take less time. Job 2 fails.
func work(_ context.Context, n int) (int, error) {
	time.Sleep(time.Duration(numJobs-n) * 20 * time.Millisecond)
	if n == 2 {
		return 0, errors.New("boom")
	}
	return n * 2, nil
}

func main() {
	var done atomic.Int64
	func() {
		// At the end of this block, all submitted jobs have been done.
		executor, _ := newExecutor(3, 0, func() { done.Add(1) })
		defer executor.stop()
		for n := 1; n <= numJobs; n++ {
			executor.submit(n)
		}
	}()
	fmt.Printf("%d jobs done when the block was left\n", done.Load())

	// Submit waits while all workers are busy and the queue is full, and returns a task, which is the future. This queue
	// has room for all nine jobs.
	executor, _ := newExecutor(3, numJobs, func() {})
	var tasks []*task
	for n := 1; n <= numJobs; n++ {
		t, _ := executor.submit(n)
		tasks = append(tasks, t)
	}

	// The results are awaited in the order of submission, whatever the order of completion. A failed job affects only its
	// own task.
	var results []string
	for _, t := range tasks {
		result, err := t.result()
		if err != nil {
			results = append(results, fmt.Sprintf("error: %v", err))
			continue
		}
		results = append(results, fmt.Sprint(result))
	}
	fmt.Println(strings.Join(results, ", "))

	// After the stop, submit accepts no more jobs.
	executor.stop()
	_, err := executor.submit(10)
	if err != nil {
		fmt.Printf("job 10: %v\n", err)
	}

	// An executor without workers is refused, because it could never do a job.
	_, err = newExecutor(0, 0, func() {})
	if err != nil {
		fmt.Println(err)
	}
}

// Try: panic with the first error instead of keeping it, as Promise.all does. What happens to the other results then?

// Go's standard library has no executor. The code below does what WorkerPool does in goro.

type task struct {
	n     int
	value int
	err   error
	ended chan struct{}
}

func (t *task) result() (int, error) {
	<-t.ended
	return t.value, t.err
}

type executor struct {
	tasks   chan *task
	workers sync.WaitGroup
	mu      sync.Mutex
	stopped bool
}

func newExecutor(workers, queue int, onEnded func()) (*executor, error) {
	if workers < 1 {
		return nil, fmt.Errorf("WorkerPool: workers must be a whole number, 1 or more, got %d", workers)
	}
	e := &executor{tasks: make(chan *task, queue)}
	for range workers {
		e.workers.Go(func() {
			for t := range e.tasks {
				t.value, t.err = work(context.Background(), t.n)
				close(t.ended)
				onEnded()
			}
		})
	}
	return e, nil
}

func (e *executor) submit(n int) (*task, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.stopped {
		return nil, errors.New("WorkerPool.submit: the pool has been stopped")
	}
	t := &task{n: n, ended: make(chan struct{})}
	e.tasks <- t
	return t, nil
}

func (e *executor) stop() {
	e.mu.Lock()
	if !e.stopped {
		e.stopped = true
		close(e.tasks)
	}
	e.mu.Unlock()
	e.workers.Wait()
}
