// No receiver: a send waits until another goroutine receives. When every goroutine waits, the program cannot continue,
// and it ends with a report.
package main

import "fmt"

func main() {
	letters := make(chan string)
	fmt.Println("main: sends a letter")

	// The report says where main waits: chan send.
	letters <- "hello"
	fmt.Println("main: the letter is sent")
}
