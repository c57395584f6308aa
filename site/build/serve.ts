// A server for the files of a folder. It compresses texts, as servers of static sites do.

import { readFile } from "node:fs/promises";
import { createServer, type RequestListener, type Server } from "node:http";
import { extname, join, normalize } from "node:path";
import { promisify } from "node:util";
import { gzip } from "node:zlib";

const types: Readonly<Record<string, string>> = {
  ".css": "text/css",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".svg": "image/svg+xml",
};

const compress = promisify(gzip);

/** Options of {@link serveFolder}. */
export interface ServeOptions {
  /** The port. @defaultValue a free one */
  readonly port?: number;
  /** Called with the path of each file that is sent, and its size in bytes after compression. */
  readonly onSent?: (path: string, bytes: number) => void;
  /** Handles a request before the files do; returns whether it did. */
  readonly handle?: (...args: Parameters<RequestListener>) => boolean;
}

/** Serves the files of a folder on the loopback address. */
export function serveFolder(folder: string, { port = 0, onSent, handle }: ServeOptions = {}): Promise<Server> {
  const server = createServer((request, response) => {
    if (handle?.(request, response) === true) return;
    const path = normalize(new URL(request.url ?? "/", "http://localhost").pathname).replace(/\/$/, "/index.html");
    readFile(join(folder, path))
      .then(compress)
      .then(
        (content) => {
          onSent?.(path, content.length);
          response.setHeader("Content-Type", types[extname(path)] ?? "application/octet-stream");
          response.setHeader("Content-Encoding", "gzip");
          // The names of these files contain a hash of their content.
          if (path.includes("/assets/")) response.setHeader("Cache-Control", "max-age=31536000, immutable");
          response.end(content);
        },
        () => response.writeHead(404).end(),
      );
  });
  return new Promise((resolve) => server.listen(port, "127.0.0.1", () => resolve(server)));
}
