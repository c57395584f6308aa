// A buffer: the channel has room for two values, so a send waits only while the buffer is full.
package main

import (
	"fmt"
	"time"
)

func cook(tray chan<- int) {
	for plate := 1; plate <= 3; plate++ {
		tray <- plate
		fmt.Printf("cook: plate %d is on the tray\n", plate)
	}
}

func main() {
	tray := make(chan int, 2)
	go cook(tray)
	for range 3 {
		time.Sleep(100 * time.Millisecond)
		fmt.Printf("main: takes one of %d plates\n", len(tray))
		<-tray
	}
}
