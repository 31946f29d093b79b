// What is new reaches open streams as a knock, and they read for themselves what it is: so nothing is queued for a slow
// reader, a knock too many does no harm, and nothing is lost while the way between instances is broken.

/** How knocks get from one instance to the others. */
export interface Bus {
  /** @param names whom there is news for: words without spaces. */
  publish: (names: readonly string[]) => void;
  /** @param heard is called with whom others have knocked for; with null when some of it may not have been heard. */
  listen: (heard: (names: readonly string[] | null) => void) => void;
  close: () => Promise<void>;
  /** Fails while the others cannot be reached; absent where they always can. */
  ping?: () => Promise<unknown>;
}

/** What a stream waits with: however often it is knocked, it wakes once. */
export class Sleeper {
  #knocked = true;
  #ended = false;
  #wake: (() => void) | null = null;
  /** Whether new posts in the feed are news to it. */
  readonly readsFeed: boolean;

  constructor(readsFeed: boolean) {
    this.readsFeed = readsFeed;
  }

  /** Waits for a knock; the first one is there from the start. @returns false once it is over. */
  async awake(): Promise<boolean> {
    if (!this.#knocked && !this.#ended) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    this.#knocked = false;
    return !this.#ended;
  }

  knock(): void {
    this.#knocked = true;
    this.#wake?.();
  }

  end(): void {
    this.#ended = true;
    this.#wake?.();
  }
}

/** Within which time all streams are knocked when it is not known for whom there is news, in milliseconds. */
const spread = 2_000;

/** Before the id of a person or a room, in what instances tell each other: those in whose feeds their posts are. */
const feedsOf = 'feeds:';

/** Finds those of some people in whose feeds posts of a person, or of a room, may be. It does not fail. */
export type FeedReaders = (source: string, people: readonly string[]) => Promise<readonly string[]>;

/** The open streams of this instance, by whose they are. */
export class Live {
  readonly #sleepers = new Map<string, Set<Sleeper>>();
  readonly #bus: Bus | null;
  readonly #feedReaders: FeedReaders;
  #closed = false;

  /** @param bus to the other instances; null where this is the only one. */
  constructor(bus: Bus | null, feedReaders: FeedReaders) {
    this.#bus = bus;
    this.#feedReaders = feedReaders;
    bus?.listen((names) => (names ? this.#hear(names) : this.#knockAll()));
  }

  /** How many streams are open. */
  get size(): number {
    return this.#sleepers.values().reduce((sum, { size }) => sum + size, 0);
  }

  /** Something may be new for these people: to be called once it is committed. */
  wake(people: readonly string[]): void {
    this.#knock(people);
    this.#bus?.publish(people);
  }

  /** Somebody did something, of which these people were told: nothing is new where nobody was. Once it is committed. */
  wakeTold(actor: string, told: readonly string[]): void {
    if (told.length > 0) this.wake([...new Set([...told, actor])]);
  }

  /**
   * There is a new post of a person or a room: to be called once it is committed. Who has it in their feed each instance
   * finds among those who listen there, so that it costs nothing where nobody does.
   */
  wakeFeedsOf(source: string): void {
    void this.#knockFeedsOf(source);
    this.#bus?.publish([`${feedsOf}${source}`]);
  }

  /** Opens a stream of a person's. @returns what closes it. */
  open(person: string, sleeper: Sleeper): () => void {
    const sleepers = this.#sleepers.get(person) ?? new Set();
    this.#sleepers.set(person, sleepers.add(sleeper));
    if (this.#closed) sleeper.end();
    return () => {
      sleepers.delete(sleeper);
      if (sleepers.size === 0 && this.#sleepers.get(person) === sleepers) this.#sleepers.delete(person);
    };
  }

  /** Ends all streams, those that are yet to come among them. */
  endStreams(): void {
    this.#closed = true;
    for (const sleepers of this.#sleepers.values()) for (const sleeper of sleepers) sleeper.end();
  }

  async close(): Promise<void> {
    this.endStreams();
    await this.#bus?.close();
  }

  /** Not all at once: each of them reads. */
  #knockAll(): void {
    for (const sleepers of this.#sleepers.values()) {
      for (const sleeper of sleepers) setTimeout(() => sleeper.knock(), Math.random() * spread).unref();
    }
  }

  #hear(names: readonly string[]): void {
    for (const name of names) {
      if (name.startsWith(feedsOf)) void this.#knockFeedsOf(name.slice(feedsOf.length));
      else this.#knock([name]);
    }
  }

  async #knockFeedsOf(source: string): Promise<void> {
    const listening = [...this.#sleepers].flatMap(([person, sleepers]) =>
      [...sleepers].some(({ readsFeed }) => readsFeed) ? [person] : [],
    );
    if (listening.length === 0) return;
    for (const person of await this.#feedReaders(source, listening)) {
      for (const sleeper of this.#sleepers.get(person) ?? []) if (sleeper.readsFeed) sleeper.knock();
    }
  }

  #knock(people: Iterable<string>): void {
    for (const person of people) for (const sleeper of this.#sleepers.get(person) ?? []) sleeper.knock();
  }
}
