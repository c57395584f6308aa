// The path: the lessons in their order.

/** A lesson: an example with a title and a question. */
export interface Lesson {
  /** The name in the address, such as "rendezvous". */
  readonly slug: string;
  /** The folder under examples/, such as "first/3-rendezvous". */
  readonly example: string;
  readonly title: string;
  /** Two sentences, the second or last of which is a question that the run answers. */
  readonly text: string;
}

export const path: readonly Lesson[] = [
  {
    slug: "one-goroutine",
    example: "first/1-one-goroutine",
    title: "One goroutine",
    text: "go starts a function and does not wait for it. Which line is printed first?",
  },
  {
    slug: "main-does-not-wait",
    example: "first/2-main-does-not-wait",
    title: "Main does not wait",
    text: "When main returns, the program ends, and with it every goroutine. How many parts of the download arrive?",
  },
  {
    slug: "rendezvous",
    example: "first/3-rendezvous",
    title: "A channel is a rendezvous",
    text: "A sender and a receiver meet, and the one that comes first waits for the other. Which of the two waits for letter A, and which for letter B?",
  },
  {
    slug: "buffer",
    example: "first/4-buffer",
    title: "A buffer",
    text: "This channel has room for two values. When does the cook have to wait?",
  },
  {
    slug: "close-and-range",
    example: "first/5-close-and-range",
    title: "Close and range",
    text: "Closing a channel says that no more values follow. What does the loop in main do then?",
  },
  {
    slug: "no-receiver",
    example: "first/6-no-receiver",
    title: "No receiver",
    text: "A send waits until another goroutine receives. What happens if there is no other goroutine?",
  },
  {
    slug: "select-and-timeout",
    example: "first/7-select-and-timeout",
    title: "Select and a timeout",
    text: "select waits for several channels at once and takes the case that is ready first. Which of the two replies is too late?",
  },
  {
    slug: "wait-group",
    example: "first/8-wait-group",
    title: "WaitGroup",
    text: "A WaitGroup counts goroutines, and a wait for it ends when the last of them has returned. In which order do the three workers end?",
  },
];
