// What a goroutine can wait for, in Go's words, and how many do. The numbers are all that is known by default: to keep a
// list of who waits would keep alive what nobody else can reach.

/** One kind of waiting. `parked` counts the operations of this kind that wait now. */
export class WaitReason {
  waiting = 0;
  readonly name: string;

  constructor(name: string) {
    this.name = name;
    waitReasons.push(this);
  }
}

/** All kinds, in the order in which a report tells them. */
export const waitReasons: WaitReason[] = [];

// The names are those of waitReasonStrings in Go's runtime2.go.
export const chanSend: WaitReason = new WaitReason("chan send");
export const chanReceive: WaitReason = new WaitReason("chan receive");
export const chanSendNil: WaitReason = new WaitReason("chan send (nil chan)");
export const chanReceiveNil: WaitReason = new WaitReason("chan receive (nil chan)");
export const waitSelect: WaitReason = new WaitReason("select");
export const waitSelectNoCases: WaitReason = new WaitReason("select (no cases)");
export const waitGroupWait: WaitReason = new WaitReason("sync.WaitGroup.Wait");
export const waitSleep: WaitReason = new WaitReason("sleep");
export const mutexLock: WaitReason = new WaitReason("sync.Mutex.Lock");
export const rwMutexRLock: WaitReason = new WaitReason("sync.RWMutex.RLock");
export const rwMutexLock: WaitReason = new WaitReason("sync.RWMutex.Lock");
export const condWait: WaitReason = new WaitReason("sync.Cond.Wait");

// Go's semaphore is made of a select, and says so; this one says what it is.
export const semAcquire: WaitReason = new WaitReason("semaphore acquire");

// Those of the pool are not Go's: there a pool is made of the above.
export const poolSubmit: WaitReason = new WaitReason("pool submit");
export const poolResult: WaitReason = new WaitReason("pool result");
export const poolStop: WaitReason = new WaitReason("pool stop");
export const poolRun: WaitReason = new WaitReason("pool run");
