// Firefox by WebDriver BiDi, with the few commands that the parity check needs. playwright-core needs newer ones than those of Debian's Firefox.
//
// See https://www.w3.org/TR/webdriver-bidi/

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { PageDriver } from "./drivers.ts";

interface Answer {
  readonly id?: number;
  readonly type: "success" | "error" | "event";
  readonly result?: unknown;
  readonly error?: string;
  readonly message?: string;
}

/** The result of a call in the page. */
interface Evaluation {
  readonly type: "success" | "exception";
  readonly result?: { readonly value: string };
  readonly exceptionDetails?: { readonly text: string };
}

/** A connection, with one answer for each command. */
class Connection {
  readonly #socket: WebSocket;
  readonly #pending = new Map<number, (answer: Answer) => void>();
  #lastId = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.onmessage = ({ data }: MessageEvent<string>) => {
      const answer = JSON.parse(data) as Answer;
      const resolve = this.#pending.get(answer.id ?? 0);
      this.#pending.delete(answer.id ?? 0);
      resolve?.(answer);
    };
    socket.onclose = () => {
      for (const resolve of this.#pending.values()) resolve({ type: "error", error: "the connection was closed" });
    };
  }

  static async open(url: string): Promise<Connection> {
    const socket = new WebSocket(url);
    await new Promise((resolve, reject) => {
      socket.onopen = resolve;
      socket.onerror = () => reject(new Error(`no connection to ${url}`));
    });
    return new Connection(socket);
  }

  async send<T>(method: string, params: object): Promise<T> {
    const id = ++this.#lastId;
    const answer = new Promise<Answer>((resolve) => this.#pending.set(id, resolve));
    this.#socket.send(JSON.stringify({ id, method, params }));
    const { type, result, error, message } = await answer;
    if (type !== "success") throw new Error(`${method}: ${[error, message].join(": ")}`);
    return result as T;
  }
}

/** Starts the browser with a profile of its own, without a window. */
export async function openFirefox(path: string, url: string): Promise<PageDriver> {
  const profile = await mkdtemp(join(tmpdir(), "goro-firefox-"));
  const browser = spawn(path, ["--headless", "--no-remote", "--profile", profile, "--remote-debugging-port=0"], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  const isOver = once(browser, "exit");
  const kill = async (): Promise<void> => {
    browser.kill();
    await isOver;
    await rm(profile, { recursive: true, maxRetries: 3 });
  };
  try {
    const connection = await Connection.open(`${await addressOf(browser.stderr)}/session`);
    const { capabilities } = await connection.send<{ capabilities: { browserVersion: string } }>("session.new", {
      capabilities: {},
    });
    const { contexts } = await connection.send<{ contexts: readonly [{ context: string }] }>(
      "browsingContext.getTree",
      {},
    );
    const [{ context }] = contexts;
    await connection.send("browsingContext.navigate", { context, url, wait: "complete" });
    return {
      version: `Firefox ${capabilities.browserVersion}`,
      async call(name, text) {
        const { result, exceptionDetails } = await connection.send<Evaluation>("script.callFunction", {
          functionDeclaration: "(name, text) => globalThis[name](text)",
          arguments: [name, text].map((value) => ({ type: "string", value })),
          awaitPromise: true,
          target: { context },
        });
        if (result === undefined) throw new Error(exceptionDetails?.text);
        return result.value;
      },
      close: kill,
    };
  } catch (error) {
    await kill();
    throw error;
  }
}

/** Returns the address that the browser prints when it is ready. */
function addressOf(output: NodeJS.ReadableStream): Promise<string> {
  const lines = createInterface({ input: output });
  return new Promise((resolve, reject) => {
    lines.on("line", (line) => {
      const [, address] = /^WebDriver BiDi listening on (\S+)/.exec(line) ?? [];
      if (address !== undefined) resolve(address);
    });
    lines.on("close", () => reject(new Error("the browser has ended")));
  });
}
