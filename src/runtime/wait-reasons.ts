// What a goroutine can wait for, in Go's words, and how many do. The numbers are all that is known by default: to keep a
// list of who waits would keep alive what nobody else can reach.

/** One kind of waiting. `parked` counts the operations of this kind that wait now. */
export class Operation {
  parked = 0;
  readonly name: string;

  constructor(name: string) {
    this.name = name;
    operations.push(this);
  }
}

/** All kinds, in the order in which a report tells them. */
export const operations: Operation[] = [];

// The names are those of waitReasonStrings in Go's runtime2.go.
export const chanSend: Operation = new Operation("chan send");
export const chanReceive: Operation = new Operation("chan receive");
export const chanSendNil: Operation = new Operation("chan send (nil chan)");
export const chanReceiveNil: Operation = new Operation("chan receive (nil chan)");
export const selecting: Operation = new Operation("select");
export const selectingNothing: Operation = new Operation("select (no cases)");
export const waitGroupWait: Operation = new Operation("sync.WaitGroup.Wait");
export const sleeping: Operation = new Operation("sleep");
export const mutexLock: Operation = new Operation("sync.Mutex.Lock");
export const rwMutexRLock: Operation = new Operation("sync.RWMutex.RLock");
export const rwMutexLock: Operation = new Operation("sync.RWMutex.Lock");
export const condWait: Operation = new Operation("sync.Cond.Wait");

// Go's semaphore is made of a select, and says so; this one says what it is.
export const semAcquire: Operation = new Operation("semaphore acquire");

// Those of the pool are not Go's: there a pool is made of the above.
export const poolSubmit: Operation = new Operation("pool submit");
export const poolResult: Operation = new Operation("pool result");
export const poolStop: Operation = new Operation("pool stop");
export const poolRun: Operation = new Operation("pool run");
