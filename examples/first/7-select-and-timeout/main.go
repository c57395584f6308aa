// Select and a timeout: select waits for several channels at once and takes the case that is ready first.
package main

import (
	"fmt"
	"time"
)

func server(replies chan<- string) {
	time.Sleep(100 * time.Millisecond)
	replies <- "fast"
	time.Sleep(300 * time.Millisecond)
	replies <- "slow"
}

func main() {
	replies := make(chan string)
	go server(replies)
	for range 2 {
		select {
		case reply := <-replies:
			fmt.Printf("reply: %s\n", reply)
		case <-time.After(200 * time.Millisecond):
			fmt.Println("no reply in time")
		}
	}
}
