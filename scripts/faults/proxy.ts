// A TCP proxy between a worker and its server that can swallow everything: it accepts bytes and connections, and forwards none.

import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

/** The two sockets of a connection through the proxy. */
interface Pair {
  readonly client: Socket;
  readonly server: Socket;

  /** The writes and ends that have been swallowed, in order. */
  readonly held: (() => void)[];
}

export class Proxy {
  readonly #pairs = new Set<Pair>();
  readonly #target: number;
  readonly #listener: Server;
  #isSwallowing = false;

  /** The number of bytes that have been swallowed. */
  swallowed = 0;

  private constructor(target: number) {
    this.#target = target;
    this.#listener = createServer((client) => this.#add(client));
  }

  /** Opens a proxy for the port `target` of the loopback interface. */
  static async open(target: number): Promise<Proxy> {
    const proxy = new Proxy(target);
    proxy.#listener.listen(0, "127.0.0.1");
    await once(proxy.#listener, "listening");
    return proxy;
  }

  /** The port of the proxy. */
  get port(): number {
    return (this.#listener.address() as AddressInfo).port;
  }

  /** Stops forwarding. */
  swallow(): void {
    this.#isSwallowing = true;
  }

  /** Forwards again: what was swallowed arrives now (`late`), or the connections are broken (`never`). */
  restore(arrives: "late" | "never"): void {
    this.#isSwallowing = false;
    for (const pair of this.#pairs) {
      if (arrives === "never") this.#break(pair);
      else for (const forward of pair.held.splice(0)) forward();
    }
  }

  async close(): Promise<void> {
    for (const pair of this.#pairs) this.#break(pair);
    this.#listener.close();
    await once(this.#listener, "close");
  }

  #add(client: Socket): void {
    const pair: Pair = { client, server: connect(this.#target, "127.0.0.1"), held: [] };
    this.#pairs.add(pair);
    for (const [from, to] of [
      [client, pair.server],
      [pair.server, client],
    ] as const) {
      from.setNoDelay(true);
      from.on("data", (bytes) => {
        if (this.#isSwallowing) this.swallowed += bytes.length;
        this.#forward(pair, () => to.write(bytes));
      });
      from.on("close", () => this.#forward(pair, () => this.#break(pair)));
      // Followed by "close".
      from.on("error", () => undefined);
    }
  }

  #forward(pair: Pair, action: () => void): void {
    if (this.#isSwallowing) pair.held.push(action);
    else action();
  }

  #break(pair: Pair): void {
    pair.client.destroy();
    pair.server.destroy();
    this.#pairs.delete(pair);
  }
}
