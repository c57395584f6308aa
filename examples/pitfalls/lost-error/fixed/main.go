// A lost error, fixed: the error channel has room for one error, which keeps the first error until the pool reads it.
// Later errors find no room and are dropped on purpose.
package main

import (
	"errors"
	"fmt"
	"sync"
)

func process(job int) error {
	if job == 2 {
		fmt.Println("job 2 fails")
		return errors.New("job 2 is broken")
	}
	return nil
}

func pool(jobs <-chan int) error {
	var wg sync.WaitGroup
	errc := make(chan error, 1)
	for range 3 {
		wg.Go(func() {
			for job := range jobs {
				err := process(job)
				if err != nil {
					// Only the first error counts: a worker with a later error must not block here.
					select {
					case errc <- err:
					default:
					}
					return
				}
			}
		})
	}
	wg.Wait()

	// The channel has kept the error.
	select {
	case err := <-errc:
		return err
	default:
		return nil
	}
}

func main() {
	jobs := make(chan int, 3)
	for job := 1; job <= 3; job++ {
		jobs <- job
	}
	close(jobs)

	err := pool(jobs)
	if err != nil {
		fmt.Printf("the pool returns: %v\n", err)
	} else {
		fmt.Println("the pool returns: no error")
	}
}

// Try: let all three jobs fail. How many errors does the caller see?
