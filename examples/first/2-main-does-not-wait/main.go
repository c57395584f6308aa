// Main does not wait: when main returns, the program ends, and with it every goroutine that is still running.
package main

import (
	"fmt"
	"time"
)

func download() {
	for part := 1; part <= 5; part++ {
		time.Sleep(200 * time.Millisecond)
		fmt.Printf("part %d of 5\n", part)
	}
}

func main() {
	go download()

	// Five parts take 1000 ms, and main sleeps for only half of that time.
	time.Sleep(500 * time.Millisecond)
	fmt.Println("main returns")
}
