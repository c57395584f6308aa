// One goroutine: go starts a function and does not wait for it. From then on, main and the function run side by side.
package main

import (
	"fmt"
	"time"
)

func boilWater() {
	time.Sleep(200 * time.Millisecond)
	fmt.Println("kettle: the water boils")
}

func main() {
	go boilWater()
	fmt.Println("main: the kettle is on")

	// While the kettle heats the water, main does something else.
	time.Sleep(100 * time.Millisecond)
	fmt.Println("main: the cup is ready")
	time.Sleep(200 * time.Millisecond)
	fmt.Println("main: the tea is ready")
}
