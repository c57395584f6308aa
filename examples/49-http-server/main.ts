// An HTTP server with a graceful shutdown: at a signal it accepts no new connections, finishes the requests in flight,
// and cancels those that are late. The clients are in the same program.

import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Channel, type Context, context, defer, main, receive, select, time, WaitGroup } from "goro";

const unit = 100 * time.millisecond;

const errShutdown = new Error("server is shutting down");

// received gets the path of each request; gone is closed when the client of /30 has gone.
const received = new Channel<string>();
const gone = new Channel<never>();

// A request takes as many units as its path says, unless its context is done first: at the end of the grace period, or
// when the client has gone.
async function handle(ctx: Context, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = request.url as string;
  const units = Number(url.slice(1));
  await received.send(url);
  const s = await select({ after: receive(time.after(units * unit)), done: receive(ctx.done()) });
  switch (s.case) {
    case "after":
      response.end(`done after ${units} units`);
      break;
    case "done":
      if (context.cause(ctx) === errShutdown) {
        response.writeHead(503).end(errShutdown.message);
      } else {
        console.log(`server: the client of ${url} has gone`);
        gone.close();
      }
  }
}

async function get(ctx: Context, url: string): Promise<string> {
  try {
    const response = await fetch(url, { signal: ctx.signal });
    return `${response.status} ${await response.text()}`;
  } catch {
    return "no answer";
  }
}

// shutdown waits until all requests have been answered. Go's Shutdown closes a connection that has sent no request after 5
// seconds, and Node's close waits for it. All requests have ended by then: the grace period is shorter.
async function shutdown(server: Server): Promise<void> {
  const closed = once(server, "close");
  server.close();
  time.afterFunc(5 * time.second, () => server.closeAllConnections());
  await closed;
}

main(async () => {
  const [stopped, stop] = context.notifyContext(context.background(), "SIGTERM");
  using _ = defer(stop);
  const [ctx, cancel] = context.withCancelCause(context.background());
  using _2 = defer(cancel);

  const server = createServer((request, response) => {
    void handle(context.fromResponse(response, { ctx }), request, response);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  // One client is short, one is in flight at the signal, one is too long, and one goes.
  const [leaving, leave] = context.withCancel(context.background());
  using _3 = defer(leave);
  const paths = ["/1", "/3", "/60", "/30"];
  const answers: string[] = [];
  const wg = new WaitGroup();
  for (const [i, path] of paths.entries()) {
    wg.go(async () => {
      const clientCtx = path === "/30" ? leaving : context.background();
      answers[i] = await get(clientCtx, base + path);
    });
  }

  for (const _ of paths) {
    await received.receive();
  }
  leave();
  await gone.receive();
  process.kill(process.pid, "SIGTERM");
  await stopped.done().receive();
  console.log("main: terminated, shutting down");

  // Late requests are canceled after a grace period of 5 units.
  time.afterFunc(5 * unit, () => cancel(errShutdown));
  await shutdown(server);
  console.log("main: server has stopped, error: <nil>");
  await wg.wait();
  for (const [i, path] of paths.entries()) {
    console.log(`client ${path}: ${answers[i]}`);
  }
  console.log("client after the end:", await get(context.background(), `${base}/1`));
});

// Try: leave out the grace period. When does the server stop?
