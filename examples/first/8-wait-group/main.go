// A WaitGroup counts goroutines, and a wait for it ends when the last of them has returned. No sleep has to be guessed.
package main

import (
	"fmt"
	"sync"
	"time"
)

func main() {
	var wg sync.WaitGroup
	for worker := 1; worker <= 3; worker++ {
		wg.Go(func() {
			time.Sleep(100 * time.Millisecond)
			fmt.Printf("worker %d is done\n", worker)
		})
	}

	// The workers run at the same time, so their order is not determined.
	wg.Wait()
	fmt.Println("main: all workers are done")
}
