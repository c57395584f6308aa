// Pipeline: stages that are connected by channels. gen sends numbers, sq squares them, and merge joins the outputs of
// two sq stages. Each send also waits for done, so no goroutine leaks if the last reader stops early. With goro/pipeline,
// the whole program is a loop over map(gen, sq, { concurrency: 2 }), which ends all stages when it is left.
package main

import (
	"fmt"
	"sync"
)

// Counts the stages that have ended.
var ended sync.WaitGroup

// gen sends the numbers, until done is closed.
func gen(done <-chan struct{}, nums ...int) <-chan int {
	out := make(chan int)
	ended.Go(func() {
		defer close(out)
		for _, n := range nums {
			select {
			case out <- n:
			case <-done:
				return
			}
		}
	})
	return out
}

// sq sends the squares of the numbers from in. Several sq stages may read from the same channel: fan-out.
func sq(done <-chan struct{}, in <-chan int) <-chan int {
	out := make(chan int)
	ended.Go(func() {
		defer close(out)
		for n := range in {
			select {
			case out <- n * n:
			case <-done:
				return
			}
		}
	})
	return out
}

// merge sends the values of all channels: fan-in. One goroutine for each channel copies its values, and one more closes
// the output after them.
func merge(done <-chan struct{}, cs ...<-chan int) <-chan int {
	var wg sync.WaitGroup
	out := make(chan int)
	for _, c := range cs {
		wg.Go(func() {
			for n := range c {
				select {
				case out <- n:
				case <-done:
					return
				}
			}
		})
	}
	ended.Go(func() {
		wg.Wait()
		close(out)
	})
	return out
}

func main() {
	// All values: the order of the squares depends on the goroutines, their sum does not.
	done := make(chan struct{})
	in := gen(done, 1, 2, 3, 4, 5)
	sum := 0
	for n := range merge(done, sq(done, in), sq(done, in)) {
		sum += n
	}
	fmt.Println("sum of all squares:", sum)
	close(done)
	ended.Wait()

	// Two values: the reader stops, and closing done ends the stages that still have values to send.
	done = make(chan struct{})
	in = gen(done, 3, 3, 3, 3, 3)
	out := merge(done, sq(done, in), sq(done, in))
	fmt.Println("first:", <-out)
	fmt.Println("second:", <-out)
	close(done)
	ended.Wait()
	fmt.Println("all stages have ended")
}

// Try: leave out the second close of done. What does the program report?
