// A pool of three workers and a queue for two jobs: twelve jobs arrive faster than the workers finish them, one fails, and one times out.

import { main, time, WorkerPool } from "goro";

main(async () => {
  const pool = new WorkerPool(
    async function resize(_ctx, image: number) {
      await time.sleep(40 + 25 * (image % 4));
      if (image === 5) throw new Error("no image");
      if (image === 8) await time.sleep(200);
      return image;
    },
    { workers: 3, queueSize: 2, timeout: 180 },
  );
  for (let image = 1; image <= 12; image++) {
    await pool.send(image);
    await time.sleep(10);
  }
  await pool.stop();
});
