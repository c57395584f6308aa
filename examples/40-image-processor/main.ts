// An image processor: three workers, and images that take different amounts of time. How long does each image take, how
// long do all of them take, and how much do the workers save? (The work is simulated: a unit is 40 ms.)

import { Channel, go, main, type ReceiveChannel, type SendChannel, time, WaitGroup } from "goro";

const numWorkers = 3;
const unit = 40 * time.millisecond;

interface Image {
  name: string;
  units: number;
}

interface Result {
  name: string;
  took: number;
}

// The number of units since start.
function unitsSince(start: number): number {
  return Math.round(time.since(start) / unit);
}

async function worker(images: ReceiveChannel<Image>, results: SendChannel<Result>): Promise<void> {
  for await (const image of images) {
    const start = time.now();
    await time.sleep(image.units * unit);
    await results.send({ name: image.name, took: unitsSince(start) });
  }
}

// The expected total: each image goes to the worker that is free first.
function makespan(images: Image[]): number {
  const freeAt = new Array<number>(numWorkers).fill(0);
  for (const image of images) {
    freeAt.sort((a, b) => a - b);
    freeAt[0] = (freeAt[0] as number) + image.units;
  }
  return Math.max(...freeAt);
}

main(async () => {
  const images: Image[] = [
    { name: "beach.jpg", units: 2 },
    { name: "forest.jpg", units: 3 },
    { name: "city.png", units: 7 },
    { name: "portrait.jpg", units: 4 },
    { name: "mountain.png", units: 5 },
    { name: "cat.gif", units: 3 },
    { name: "lake.jpg", units: 3 },
    { name: "panorama.png", units: 5 },
  ];
  const queue = new Channel<Image>(images.length);
  const results = new Channel<Result>();
  for (const image of images) {
    await queue.send(image);
  }
  queue.close();

  const start = time.now();
  const wg = new WaitGroup();
  for (let w = 0; w < numWorkers; w++) {
    wg.go(worker, queue, results);
  }
  go(async () => {
    await wg.wait();
    results.close();
  });

  // The results arrive in the order of completion, not in the order of the queue.
  let sum = 0;
  for await (const r of results) {
    console.log(`${r.name} took ${r.took}, ready at ${unitsSince(start)}`);
    sum += r.took;
  }
  const total = unitsSince(start);

  console.log(`total ${total}, as predicted: ${total === makespan(images)}`);
  console.log(`sum ${sum}, average ${(sum / images.length).toFixed(2)}`);
  console.log(`${(sum / total).toFixed(2)} times as fast as one worker`);
});

// Try: sort the images so that the longest come first. How does the total change?
