// A URL fetcher: workers fetch pages over HTTP at the same time, so that a slow page does not delay the others, and
// each page has its own timeout, so that it occupies its worker for at most 500 ms.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Channel, context, defer, go, main, time, WaitGroup } from "goro";

type Result = { path: string; status: number; size: number; err?: undefined } | { path: string; err: Error };

// The pages to fetch. The program runs its own server, so it does not need a network.
function serve(request: IncomingMessage, response: ServerResponse): void {
  switch (request.url?.split("?")[0]) {
    case "/hello":
      response.end("Hello, gopher!");
      break;
    case "/large":
      response.end("x".repeat(100_000));
      break;
    case "/slow": {
      const timer = time.afterFunc(5 * time.second, () => response.end());
      response.on("close", () => timer.stop());
      break;
    }
    default:
      response.writeHead(404).end("no such page");
  }
}

// The timeout applies to one page. When it expires, the request is canceled and not only abandoned.
async function fetchPage(base: string, path: string): Promise<Result> {
  const [ctx, cancel] = context.withTimeout(context.background(), 500 * time.millisecond);
  using _ = defer(cancel);
  try {
    const response = await fetch(base + path, { signal: ctx.signal });
    const body = await response.arrayBuffer();
    return { path, status: response.status, size: body.byteLength };
  } catch (err) {
    return { path, err: err as Error };
  }
}

function closeNow(server: Server): void {
  server.close();
  server.closeAllConnections();
}

main(async () => {
  const server = createServer(serve);
  using _ = defer(() => closeNow(server));
  const listening = new Channel<AddressInfo>(1);
  server.listen(0, "127.0.0.1", () => listening.trySend(server.address() as AddressInfo));
  const { value: address } = await listening.receive();
  const base = `http://127.0.0.1:${address?.port}`;

  const paths = ["/slow", "/hello", "/missing", "/large", "/hello?again"];
  const jobs = new Channel<string>();
  const results = new Channel<Result>();

  const wg = new WaitGroup();
  for (let w = 0; w < 3; w++) {
    wg.go(async () => {
      for await (const path of jobs) {
        await results.send(await fetchPage(base, path));
      }
    });
  }
  go(async () => {
    for (const path of paths) {
      await jobs.send(path);
    }
    jobs.close();
    await wg.wait();
    results.close();
  });

  let fetched = 0;
  let bytes = 0;
  for await (const r of results) {
    if (r.err instanceof context.DeadlineExceeded) {
      console.log(`${r.path}: timed out`);
    } else if (r.err) {
      console.log(`${r.path}: ${r.err.message}`);
    } else {
      console.log(`${r.path}: status ${r.status}, ${r.size} bytes`);
      fetched++;
      bytes += r.size;
    }
  }
  console.log(`${fetched} of ${paths.length} fetched, ${bytes} bytes`);
});

// Try: only one worker. Does the slow page delay the others now?
