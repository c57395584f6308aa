// One goroutine: go starts a function and does not wait for it. From then on, main and the function run side by side.

import { go, main, time } from "goro";

async function boilWater(): Promise<void> {
  await time.sleep(200 * time.millisecond);
  console.log("kettle: the water boils");
}

main(async () => {
  go(boilWater);
  console.log("main: the kettle is on");

  // While the kettle heats the water, main does something else.
  await time.sleep(100 * time.millisecond);
  console.log("main: the cup is ready");
  await time.sleep(200 * time.millisecond);
  console.log("main: the tea is ready");
});
