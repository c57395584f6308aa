// The programs of the twins in Go, all in one file, so that they are compiled together.

import { type Arm, type Body, enclosed, indented, type Syntax, type Writing } from "./syntax.ts";

/**
 * Returns a Go file with all `programs`. Its binary runs the program whose index is the first argument. The second argument is a seed: from 1
 * on, goroutines pause at random places that depend on the seed, so that their order varies.
 */
export function goSource(programs: readonly Writing[]): string {
  const functions = programs.map((write, i) => enclosed(`func program${i}() {`, "\t", write(new Go()), "}\n"));
  const table = enclosed(
    "var programs = []func(){",
    "\t",
    programs.map((_, i) => `program${i},`),
    "}\n",
  );
  return [prelude, table, ...functions].join("\n");
}

// The output is not buffered, so that neither a panic nor a deadlock can lose it.
const prelude = `// Programs that were drawn at random, to be run beside their twins in TypeScript.

package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

var (
	seed  int // what the pauses are drawn from; 0 for none
	steps atomic.Uint64
)

func main() {
	number, _ := strconv.Atoi(os.Args[1])
	seed, _ = strconv.Atoi(os.Args[2])
	programs[number]()
}

// pause yields at random.
func pause() {
	if seed == 0 {
		return
	}
	chance := rand.New(rand.NewPCG(uint64(seed), steps.Add(1)))
	switch chance.IntN(6) {
	case 0:
		runtime.Gosched()
	case 1:
		time.Sleep(time.Duration(chance.IntN(100)) * time.Microsecond)
	}
}

func say(format string, values ...any) {
	fmt.Fprintf(os.Stdout, format+"\\n", values...)
	pause()
}

func saySorted(text string, list []int) {
	slices.Sort(list)
	say(text+" %v", list)
}

var _ sync.Mutex
`;

/** Go. Each operation whose order may vary has a pause before it. */
class Go implements Syntax {
  channel(name: string, capacity: number | null): string {
    if (capacity === null) return `var ${name} chan int`;
    return capacity === 0 ? `${name} := make(chan int)` : `${name} := make(chan int, ${capacity})`;
  }

  send(channel: string, value: string): string {
    return `${channel} <- ${value}`;
  }

  receive(channel: string, into?: string): string {
    return into === undefined ? `<-${channel}` : `${into} := <-${channel}`;
  }

  receiveOk(channel: string, into: string, then: Body, closed: Body): string {
    return `if ${into}, ok := <-${channel}; ${either(then, closed).join("\n").slice("if ".length)}`;
  }

  range(channel: string, into: string, body: Body): string {
    return block(`for ${into} := range ${channel}`, ["pause()", ...body]);
  }

  close(channel: string): string {
    return `close(${channel})`;
  }

  length(channel: string): string {
    return `len(${channel})`;
  }

  alias(name: string, channel: string): string {
    return `${name} := ${channel}`;
  }

  off(alias: string): string {
    return `${alias} = nil`;
  }

  select(arms: readonly Arm[], otherwise?: Body): string {
    const clauses = arms.flatMap((arm) => {
      if ("send" in arm) return [`case ${arm.send} <- ${arm.value}:`, ...indented("\t", arm.then)];
      if (!("into" in arm)) return [`case <-${arm.receive}:`, ...indented("\t", arm.then)];
      return [`case ${arm.into}, ok := <-${arm.receive}:`, ...indented("\t", either(arm.then, arm.closed))];
    });
    return ["select {", ...clauses, ...(otherwise ? ["default:", ...indented("\t", otherwise)] : []), "}"].join("\n");
  }

  group(name: string): string {
    return `var ${name} sync.WaitGroup`;
  }

  add(group: string, delta: number): string {
    return `${group}.Add(${delta})`;
  }

  wait(group: string): string {
    return `${group}.Wait()`;
  }

  mutex(name: string): string {
    return `var ${name} sync.Mutex`;
  }

  lock(mutex: string): string {
    return `${mutex}.Lock()`;
  }

  unlock(mutex: string): string {
    return `${mutex}.Unlock()`;
  }

  go(body: Body): string {
    return `${block("go func()", ["pause()", ...body])}()`;
  }

  goIn(group: string, body: Body): string {
    return `${block(`${group}.Go(func()`, ["pause()", ...body])})`;
  }

  yield(): string {
    return "runtime.Gosched()";
  }

  leave(): string {
    return "return";
  }

  variable(name: string, value: string): string {
    return `${name} := ${value}`;
  }

  assign(name: string, value: string): string {
    return `${name} = ${value}`;
  }

  list(name: string): string {
    return `var ${name} []int`;
  }

  append(list: string, value: string): string {
    return `${list} = append(${list}, ${value})`;
  }

  print(text: string): string {
    const names = [...text.matchAll(/\{(\w+)\}/g)].map((match) => `, ${match[1] as string}`);
    return `say("${text.replace(/\{\w+\}/g, "%d")}"${names.join("")})`;
  }

  printSorted(text: string, list: string): string {
    return `saySorted("${text}", ${list})`;
  }

  block(body: Body): string {
    return enclosed("{", "\t", body, "}");
  }

  when(condition: string, then: Body): string {
    return block(`if ${condition}`, then);
  }

  repeat(name: string, times: number, body: Body): string {
    return block(`for ${name} := 0; ${name} < ${times}; ${name}++`, ["pause()", ...body]);
  }

  loop(condition: string | null, body: Body): string {
    return block(condition === null ? "for" : `for ${condition}`, ["pause()", ...body]);
  }
}

function block(head: string, body: Body): string {
  return enclosed(`${head} {`, "\t", body, "}");
}

function either(then: Body, otherwise: Body): string[] {
  const end = otherwise.length === 0 ? ["}"] : ["} else {", ...indented("\t", otherwise), "}"];
  return ["if ok {", ...indented("\t", then), ...end];
}
