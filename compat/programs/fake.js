// After fake timers have been installed and removed, the timers of goro work. `install` installs the fakes and returns a function that removes them.

import { context, gosched, time } from "goro";

const { setTimeout: realTimeout } = globalThis;

async function works() {
  await gosched();
  await time.sleep(5);
  const [ctx] = context.withTimeout(context.background(), 5);
  await ctx.done().receive();
}

export const scenarios = {
  async "timers of goro work after fake ones, with a timer left behind"(install) {
    const restore = install();
    const [, cancel] = context.withTimeout(context.background(), 1000);
    await gosched();
    restore();
    await works();
    cancel();
  },

  async "timers of goro work after fake ones, with a sleep that is over meanwhile"(install) {
    const pending = time.sleep(10);
    const restore = install();
    await new Promise((resolve) => realTimeout(resolve, 40));
    restore();
    await works();
    await pending;
  },
};
