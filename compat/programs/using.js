// A program with a `using` declaration, which the host or a compiler has to know.

import { main, Mutex } from "goro";

main(async () => {
  const mutex = new Mutex();
  {
    using _ = await mutex.lock();
    console.log(mutex.tryLock());
  }
  console.log(mutex.tryLock());
});
