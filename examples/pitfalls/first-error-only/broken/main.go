// The first error only: the pool keeps one error, and the run returns nothing else. The second error is lost, and so
// are all the good results.
package main

import (
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

func pool(jobs <-chan int, results chan<- int) error {
	var wg sync.WaitGroup
	errc := make(chan error, 1)
	for range 4 {
		wg.Go(func() {
			for item := range jobs {
				square, err := process(item)
				if err != nil {
					// The channel has room for one error. Later errors are dropped.
					select {
					case errc <- err:
					default:
					}
					return
				}
				results <- square
			}
		})
	}
	wg.Wait()
	close(results)

	select {
	case err := <-errc:
		return err
	default:
		return nil
	}
}

func run(items []int) ([]int, error) {
	jobs := make(chan int, len(items))
	results := make(chan int, len(items))
	for _, item := range items {
		jobs <- item
	}
	close(jobs)

	if err := pool(jobs, results); err != nil {
		return nil, err
	}
	var squares []int
	for result := range results {
		squares = append(squares, result)
	}
	return squares, nil
}

func main() {
	squares, err := run([]int{1, 2, 3, 4, 5, 6, 7, 8})
	slices.Sort(squares)
	fmt.Printf("squares: %v\n", squares)
	if err != nil {
		fmt.Println(err)
	}
}

// Try: let all items from 3 on fail. How many of the errors does the caller see?
