// A channel is a rendezvous: a sender and a receiver meet, and the one that comes first waits for the other.
package main

import (
	"fmt"
	"time"
)

func sender(letters chan<- string) {
	fmt.Println("sender: sends A and waits for main")
	letters <- "A"
	time.Sleep(200 * time.Millisecond)
	fmt.Println("sender: sends B, for which main waits")
	letters <- "B"
}

func main() {
	letters := make(chan string)
	go sender(letters)
	time.Sleep(100 * time.Millisecond)
	for range 2 {
		letter := <-letters
		fmt.Printf("main: received %s\n", letter)
	}
}
