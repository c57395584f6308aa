// The first error only, fixed: the channel has room for the error of each item, a worker continues after an error, and
// the run returns all errors together with the good results. The caller decides what to do with them.
package main

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"
)

// Items 3 and 5 are broken.
func process(item int) (int, error) {
	time.Sleep(50 * time.Millisecond)
	if item == 3 || item == 5 {
		return 0, fmt.Errorf("item %d is broken", item)
	}
	return item * item, nil
}

func pool(jobs <-chan int, results chan<- int, errc chan<- error) {
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for item := range jobs {
				square, err := process(item)
				if err != nil {
					errc <- err
					continue
				}
				results <- square
			}
		})
	}
	wg.Wait()
	close(results)
	close(errc)
}

func run(items []int) ([]int, error) {
	jobs := make(chan int, len(items))
	results := make(chan int, len(items))
	errc := make(chan error, len(items))
	for _, item := range items {
		jobs <- item
	}
	close(jobs)

	pool(jobs, results, errc)
	var squares []int
	for result := range results {
		squares = append(squares, result)
	}
	var errs []error
	for err := range errc {
		errs = append(errs, err)
	}
	// Several errors become one, with a line for each. Without errors the result is nil.
	return squares, errors.Join(errs...)
}

func main() {
	squares, err := run([]int{1, 2, 3, 4, 5, 6, 7, 8})
	slices.Sort(squares)
	fmt.Printf("squares: %v\n", squares)
	if err != nil {
		fmt.Println(err)
	}
}

// Try: let every item fail. Does the pool still end?
