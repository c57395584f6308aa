// An image processor: three workers, and images that take different amounts of time. How long does each image take, how
// long do all of them take, and how much do the workers save? (The work is simulated: a unit is 40 ms.)
package main

import (
	"fmt"
	"slices"
	"sync"
	"time"
)

const numWorkers = 3
const unit = 40 * time.Millisecond

type image struct {
	name  string
	units int
}

type result struct {
	name string
	took int
}

// The number of units since start.
func unitsSince(start time.Time) int {
	return int(time.Since(start).Round(unit) / unit)
}

func worker(images <-chan image, results chan<- result) {
	for image := range images {
		start := time.Now()
		time.Sleep(time.Duration(image.units) * unit)
		results <- result{image.name, unitsSince(start)}
	}
}

// The expected total: each image goes to the worker that is free first.
func makespan(images []image) int {
	freeAt := make([]int, numWorkers)
	for _, image := range images {
		slices.Sort(freeAt)
		freeAt[0] += image.units
	}
	return slices.Max(freeAt)
}

func main() {
	images := []image{
		{"beach.jpg", 2},
		{"forest.jpg", 3},
		{"city.png", 7},
		{"portrait.jpg", 4},
		{"mountain.png", 5},
		{"cat.gif", 3},
		{"lake.jpg", 3},
		{"panorama.png", 5},
	}
	queue := make(chan image, len(images))
	results := make(chan result)
	for _, image := range images {
		queue <- image
	}
	close(queue)

	start := time.Now()
	var wg sync.WaitGroup
	for range numWorkers {
		wg.Go(func() { worker(queue, results) })
	}
	go func() {
		wg.Wait()
		close(results)
	}()

	// The results arrive in the order of completion, not in the order of the queue.
	sum := 0
	for r := range results {
		fmt.Printf("%s took %d, ready at %d\n", r.name, r.took, unitsSince(start))
		sum += r.took
	}
	total := unitsSince(start)

	fmt.Printf("total %d, as predicted: %t\n", total, total == makespan(images))
	fmt.Printf("sum %d, average %.2f\n", sum, float64(sum)/float64(len(images)))
	fmt.Printf("%.2f times as fast as one worker\n", float64(sum)/float64(total))
}

// Try: sort the images so that the longest come first. How does the total change?
