// Close and range: closing a channel says that no more values follow. A loop over the channel then ends.
package main

import (
	"fmt"
	"time"
)

func countDown(numbers chan<- int) {
	for n := 3; n >= 1; n-- {
		numbers <- n
		time.Sleep(100 * time.Millisecond)
	}
	close(numbers)
}

func main() {
	numbers := make(chan int)
	go countDown(numbers)
	for n := range numbers {
		fmt.Println(n)
	}
	fmt.Println("closed: lift-off")
}
