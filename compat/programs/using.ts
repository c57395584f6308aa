// A program with a `using` declaration, for runners that compile TypeScript.

import { main, Mutex } from "goro";

main(async () => {
  const mutex = new Mutex();
  {
    using _ = await mutex.lock();
    console.log(mutex.tryLock());
  }
  console.log(mutex.tryLock());
});
