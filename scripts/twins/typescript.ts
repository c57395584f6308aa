// The programs of the twins in TypeScript, as a user of goro would write them.

import { type Arm, type Body, enclose, indent, type Syntax, type Writing } from "./syntax.ts";

const exported = ["Channel", "go", "gosched", "main", "Mutex", "PanicError", "receive", "select", "send", "WaitGroup"];

/** A complete TypeScript program. */
export function typescriptSource(write: Writing): string {
  const program = enclose("main(async () => {", step, write(new TypeScript()), "});");
  const names = exported.filter((name) => new RegExp(`(?<!\\.)\\b${name}\\(|\\b${name}<`).test(program));
  return `import { ${names.join(", ")} } from "goro";\n\n${program}\n`;
}

/** `source` without its types, for an engine without TypeScript support. */
export function withoutTypes(source: string): string {
  return source.replace(/<number>|: Channel<number> \| null|: number\[\]/g, "");
}

const step = "  ";

/** The syntax of TypeScript. It has no nil channels, only null in a case of a select, so they are translated separately. */
class TypeScript implements Syntax {
  readonly #nil = new Set<string>();
  #answers = 0;

  channel(name: string, capacity: number | null): string {
    if (capacity !== null) return `const ${name} = new Channel<number>(${capacity === 0 ? "" : capacity});`;
    this.#nil.add(name);
    return `const ${name}: Channel<number> | null = null;`;
  }

  send(channel: string, value: string): string {
    return this.#nil.has(channel) ? `await select([send(${channel}, ${value})]);` : `await ${channel}.send(${value});`;
  }

  receive(channel: string, into?: string): string {
    if (this.#nil.has(channel)) return `await select([receive(${channel})]);`;
    return into === undefined
      ? `await ${channel}.receive();`
      : `const ${into} = (await ${channel}.receive()).value ?? 0;`;
  }

  receiveOk(channel: string, into: string, then: Body, closed: Body): string {
    const answer = this.#answer();
    const received = this.#nil.has(channel) ? `select({ a: receive(${channel}) })` : `${channel}.receive()`;
    return [`const ${answer} = await ${received};`, ...either(answer, into, then, closed)].join("\n");
  }

  range(channel: string, into: string, body: Body): string {
    if (this.#nil.has(channel)) return this.receive(channel);
    return block(`for await (const ${into} of ${channel})`, body);
  }

  close(channel: string): string {
    return this.#nil.has(channel) ? 'throw new PanicError("close of nil channel");' : `${channel}.close();`;
  }

  length(channel: string): string {
    return `${channel}.length`;
  }

  alias(name: string, channel: string): string {
    return `let ${name}: Channel<number> | null = ${channel};`;
  }

  off(alias: string): string {
    return `${alias} = null;`;
  }

  select(arms: readonly Arm[], otherwise?: Body): string {
    if (arms.length === 0 && !otherwise) return "await select({});";
    const answer = this.#answer();
    const named = arms.map((arm, i) => [String.fromCharCode(97 + i), arm] as const);
    const cases = named.map(([name, arm]) =>
      "send" in arm ? `${name}: send(${arm.send}, ${arm.value})` : `${name}: receive(${arm.receive})`,
    );
    if (otherwise) cases.push("default: true");
    const clauses = named.flatMap(([name, arm]) => {
      const then = "into" in arm ? either(answer, arm.into, arm.then, arm.closed) : arm.then;
      return clause(name, then);
    });
    if (otherwise) clauses.push(...clause("default", otherwise));
    const decision = `const ${answer} = await select({ ${cases.join(", ")} });`;
    return `${decision}\n${block(`switch (${answer}.case)`, clauses)}`;
  }

  group(name: string): string {
    return `const ${name} = new WaitGroup();`;
  }

  add(group: string, delta: number): string {
    return delta === -1 ? `${group}.done();` : `${group}.add(${delta});`;
  }

  wait(group: string): string {
    return `await ${group}.wait();`;
  }

  mutex(name: string): string {
    return `const ${name} = new Mutex();`;
  }

  lock(mutex: string): string {
    return `await ${mutex}.lock();`;
  }

  unlock(mutex: string): string {
    return `${mutex}.unlock();`;
  }

  go(body: Body): string {
    return `${block("go(async () =>", body)});`;
  }

  goIn(group: string, body: Body): string {
    return `${block(`${group}.go(async () =>`, body)});`;
  }

  yield(): string {
    return "await gosched();";
  }

  leave(): string {
    return "return;";
  }

  variable(name: string, value: string): string {
    return `let ${name} = ${value};`;
  }

  assign(name: string, value: string): string {
    return `${name} = ${value};`;
  }

  list(name: string): string {
    return `const ${name}: number[] = [];`;
  }

  append(list: string, value: string): string {
    return `${list}.push(${value});`;
  }

  print(text: string): string {
    return text.includes("{") ? `console.log(\`${text.replaceAll("{", "${")}\`);` : `console.log("${text}");`;
  }

  printSorted(text: string, list: string): string {
    return `console.log(\`${text} [\${${list}.sort((a, b) => a - b).join(" ")}]\`);`;
  }

  block(body: Body): string {
    return enclose("{", step, body, "}");
  }

  when(condition: string, then: Body): string {
    return block(`if (${strict(condition)})`, then);
  }

  repeat(name: string, times: number, body: Body): string {
    return block(`for (let ${name} = 0; ${name} < ${times}; ${name}++)`, body);
  }

  loop(condition: string | null, body: Body): string {
    return block(condition === null ? "for (;;)" : `while (${strict(condition)})`, body);
  }

  #answer(): string {
    return `s${++this.#answers}`;
  }
}

function block(head: string, body: Body): string {
  return enclose(`${head} {`, step, body, "}");
}

function clause(name: string, then: Body): string[] {
  const end = then.at(-1) === "return;" ? [] : ["break;"];
  return [`case "${name}":`, ...indent(step, [...then, ...end])];
}

function either(answer: string, into: string, then: Body, otherwise: Body): string[] {
  const value = `const ${into} = ${answer}.value;`;
  const end = otherwise.length === 0 ? ["}"] : ["} else {", ...indent(step, otherwise), "}"];
  return [`if (${answer}.ok) {`, ...indent(step, [value, ...then]), ...end];
}

function strict(condition: string): string {
  return condition.replace(/([=!])=/g, "$1==").replace(/\bnil\b/g, "null");
}
