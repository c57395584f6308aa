// WebKitGTK by WebDriver, with the few commands that the parity check needs.
//
// See https://www.w3.org/TR/webdriver2/

import { spawn } from "node:child_process";
import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { json } from "node:stream/consumers";
import { setTimeout as delay } from "node:timers/promises";
import { freePort } from "../../scripts/free-port.ts";
import type { PageDriver } from "./drivers.ts";

/** How long the driver may take to start, in milliseconds. */
const startTimeout = 30_000;

/** How long a run may take, in milliseconds. */
const scriptTimeout = 600_000;

/** Calls a function of the page: its name and argument are the first arguments, the callback of WebDriver is the last. */
const callScript = `
  const [name, text, done] = arguments;
  globalThis[name](text).then((value) => done({ value }), (error) => done({ message: error.message }));
`;

interface Session {
  readonly sessionId: string;
  readonly capabilities: { readonly browserVersion: string };
}

/** Starts the driver, and with it a browser on a virtual display, unless there is a display. */
export async function openWebKit(driverPath: string, url: string): Promise<PageDriver> {
  const port = await freePort();
  const command = [driverPath, `--port=${port}`];
  const hasDisplay = process.env["DISPLAY"] !== undefined || process.env["WAYLAND_DISPLAY"] !== undefined;
  const [file, ...args] = hasDisplay ? command : ["xvfb-run", "--auto-servernum", ...command];
  // A group of its own, so that the display ends with the driver.
  const driver = spawn(file as string, args, { stdio: "ignore", detached: true });
  const isOver = once(driver, "exit");
  const kill = async (): Promise<void> => {
    process.kill(-(driver.pid as number));
    await isOver;
  };
  const send = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    // Not fetch, which waits for a response for 5 minutes only.
    const command = request({ port, method, path });
    command.end(body === undefined ? "" : JSON.stringify(body));
    const [response] = (await once(command, "response")) as [IncomingMessage];
    const { value } = (await json(response)) as { value: T & { error?: string; message?: string } };
    if (response.statusCode !== 200) throw new Error(`${value.error}: ${value.message}`);
    return value;
  };
  try {
    await untilReady(() => send("GET", "/status"));
    const { sessionId, capabilities } = await send<Session>("POST", "/session", { capabilities: {} });
    const session = `/session/${sessionId}`;
    await send("POST", `${session}/timeouts`, { script: scriptTimeout });
    await send("POST", `${session}/url`, { url });
    return {
      version: `WebKitGTK ${capabilities.browserVersion}`,
      async call(name, text) {
        const outcome = await send<{ value?: string; message?: string }>("POST", `${session}/execute/async`, {
          script: callScript,
          args: [name, text],
        });
        if (outcome.value === undefined) throw new Error(outcome.message);
        return outcome.value;
      },
      async close() {
        await send("DELETE", session);
        await kill();
      },
    };
  } catch (error) {
    await kill();
    throw error;
  }
}

async function untilReady(check: () => Promise<unknown>): Promise<void> {
  const deadline = performance.now() + startTimeout;
  for (;;) {
    try {
      await check();
      return;
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await delay(50);
    }
  }
}
