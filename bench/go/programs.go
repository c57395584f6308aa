// Well-known programs.
package main

// The goroutines of one chain.
const chain = 10_000

// Each goroutine receives from its right and sends the value plus one to its left: n goroutines in chains of 10,000.
func daisyChain(n int, _ *meter) int {
	sum := 0
	for left := n; left > 0; left -= chain {
		sum += daisies(min(chain, left))
	}
	return sum
}

func daisies(length int) int {
	leftmost := make(chan int)
	left := leftmost
	for range length {
		right := make(chan int)
		go func(left, right chan int) { left <- 1 + <-right }(left, right)
		left = right
	}
	go func() { left <- 0 }()
	return <-leftmost
}

// The nth prime: each prime filters the numbers after it.
func primeSieve(n int, _ *meter) int {
	numbers := make(chan int)
	go generate(numbers)
	prime := 0
	for range n {
		prime = <-numbers
		filtered := make(chan int)
		go filter(numbers, filtered, prime)
		numbers = filtered
	}
	return prime
}

func generate(out chan<- int) {
	for i := 2; ; i++ {
		out <- i
	}
}

func filter(in <-chan int, out chan<- int, prime int) {
	for i := range in {
		if i%prime != 0 {
			out <- i
		}
	}
}
