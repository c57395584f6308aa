// A lost error: the send to an error channel without room does not wait, and nobody is receiving yet. The error goes
// nowhere, and the pool says that all is well.
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
	errc := make(chan error)
	for range 3 {
		wg.Go(func() {
			for job := range jobs {
				err := process(job)
				if err != nil {
					// Only the first error counts: a worker with another one must not wait here.
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

	// Only now does somebody look for an error.
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
		fmt.Printf("the pool says: %v\n", err)
	} else {
		fmt.Println("the pool says: no error")
	}
}

// Try: send without select and default. Who waits for whom?
