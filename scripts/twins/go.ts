// The programs of the twins in Go: all in one file, so that a thousand programs are compiled at once.

import { type Arm, type Body, enclose, indent, type Syntax, type Writing } from "./syntax.ts";

/**
 * A Go file with all the `programs`. The compiled program runs the one whose index is its first argument. The second argument is
 * a seed: if it is not 0, goroutines pause at random places, so that they run in other orders.
 */
export function goSource(programs: readonly Writing[]): string {
  const functions = programs.map((write, i) => enclose(`func program${i}() {`, "\t", write(new Go()), "}\n"));
  const table = enclose(
    "var programs = []func(){",
    "\t",
    programs.map((_, i) => `program${i},`),
    "}\n",
  );
  return [prelude, table, ...functions].join("\n");
}

// Output is written without a buffer, so that it is not lost in a panic or a deadlock.
const prelude = `// Random programs, which are compared with their twins in TypeScript.

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
	seed  int // the seed of the pauses; 0 for none
	steps atomic.Uint64
)

func main() {
	number, _ := strconv.Atoi(os.Args[1])
	seed, _ = strconv.Atoi(os.Args[2])
	programs[number]()
}

// pause lets others get ahead, now and then.
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

/** The syntax of Go. Each statement whose order can vary follows a pause. */
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
      if ("send" in arm) return [`case ${arm.send} <- ${arm.value}:`, ...indent("\t", arm.then)];
      if (!("into" in arm)) return [`case <-${arm.receive}:`, ...indent("\t", arm.then)];
      return [`case ${arm.into}, ok := <-${arm.receive}:`, ...indent("\t", either(arm.then, arm.closed))];
    });
    return ["select {", ...clauses, ...(otherwise ? ["default:", ...indent("\t", otherwise)] : []), "}"].join("\n");
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
    return enclose("{", "\t", body, "}");
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
  return enclose(`${head} {`, "\t", body, "}");
}

function either(then: Body, otherwise: Body): string[] {
  const end = otherwise.length === 0 ? ["}"] : ["} else {", ...indent("\t", otherwise), "}"];
  return ["if ok {", ...indent("\t", then), ...end];
}
