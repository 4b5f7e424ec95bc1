// The page's live view of the booth: signals that components read, and commands that they send.
import { batch, computed, signal, type ReadonlySignal } from "@preact/signals";
import { boothTime, guess, NO_ESTIMATE, withPong } from "./clock.ts";
import { Connection } from "./connection.ts";
import { EMPTY, withBatch, withDropped, withHello, withSnapshot, type View } from "./store.ts";
import type { Player } from "./viseme_player.ts";
import type { AnyCommand, BoothState, Gauges, Role } from "./wire.gen.ts";
import type { Inbound } from "./wire.ts";

type WithoutId<C> = C extends AnyCommand ? Omit<C, "command_id"> : never;
/** A command as a button states it; the id is added on the way out. */
export type Wish = WithoutId<AnyCommand>;

/** How the link is doing, by how long it has been silent. */
export type LinkState = "connecting" | "live" | "blink" | "lost";

const CHIP_AFTER_MS = 1000;
const OVERLAY_AFTER_MS = 5000;
const ACK_WITHIN_MS = 1000;
const DONE_RETRY_MS = 5000;
const LINK_TICK_MS = 250;
const VERSION_KEY = "version-reload";

interface Waiting {
  readonly wish: Wish;
  readonly command_id: string;
  readonly sentAt_ms: number;
}

export class Booth {
  readonly view: ReadonlySignal<View>;
  readonly state: ReadonlySignal<BoothState | null>;
  readonly gauges: ReadonlySignal<Gauges>;
  readonly player: ReadonlySignal<Player>;
  readonly link = signal<LinkState>("connecting");
  /** Type of the command that waits for its answer. */
  readonly busy = signal<string | null>(null);
  /** A line for the candidate after a command failed. */
  readonly remark = signal("");

  private readonly shown = signal<View>(EMPTY);
  private latest: View = EMPTY;
  private clock = NO_ESTIMATE;
  private readonly connection: Connection;
  private isScheduled = false;
  private lostAt_ms: number | null = null;
  private hasAskedForSnapshot = false;
  private waiting: Waiting | null = null;
  private commandCount = 0;

  constructor(
    readonly role: Role,
    url: string,
  ) {
    this.view = this.shown;
    this.state = computed(() => this.shown.value.state);
    this.gauges = computed(() => this.shown.value.gauges);
    this.player = computed(() => this.shown.value.player);
    this.connection = new Connection(url, {
      onFrame: (frame, received_ms) => this.take(frame, received_ms),
      onGarbage: () => this.change(withDropped(this.latest, 1)),
      onClose: () => this.closed(),
    });
  }

  start(): void {
    this.lostAt_ms = performance.now();
    window.setInterval(() => this.tick(), LINK_TICK_MS);
    this.connection.start();
  }

  /** Booth seconds now, by the best estimate; null before the first message. */
  now_t(): number | null {
    return boothTime(this.clock, performance.now());
  }

  /** The same for a local time, as of `requestAnimationFrame`. */
  at_t(local_ms: number): number | null {
    return boothTime(this.clock, local_ms);
  }

  /** Sends a command; while one waits for its answer, others are refused. */
  send(wish: Wish): void {
    if (this.waiting !== null) return;
    this.waiting = { wish, command_id: this.nextId(), sentAt_ms: performance.now() };
    this.remark.value = "";
    this.busy.value = wish.type;
    this.transmit();
  }

  /** Sends a command that no button waits for: nothing is said when it is lost or refused. */
  mention(wish: Wish): void {
    this.connection.send({ ...wish, command_id: this.nextId() } as AnyCommand);
  }

  leave(): void {
    this.connection.close();
  }

  private nextId(): string {
    this.commandCount += 1;
    return `${this.role}-${this.commandCount}-${Math.random().toString(36).slice(2, 8)}`;
  }

  private transmit(): void {
    if (this.waiting === null) return;
    const { wish, command_id } = this.waiting;
    this.connection.send({ ...wish, command_id } as AnyCommand);
  }

  private take(frame: Inbound, received_ms: number): void {
    switch (frame.type) {
      case "hello":
        this.hasAskedForSnapshot = true;
        if (this.latest.hello?.boot_id !== frame.boot_id) this.clock = guess(frame.t, received_ms);
        this.change(withHello(this.latest, frame));
        if (this.latest.isWrongVersion) reloadOnce();
        return;
      case "snapshot":
        this.hasAskedForSnapshot = false;
        this.lostAt_ms = null;
        this.link.value = "live";
        this.change(withSnapshot(this.latest, frame));
        this.retryDone();
        return;
      case "batch":
        this.change(withDropped(withBatch(this.latest, frame.seq, frame.batch), frame.dropped));
        this.askWhenStale();
        return;
      case "pong":
        this.clock = withPong(this.clock, frame.sent_ms, frame.t, received_ms);
        return;
      case "ack":
        this.settle(frame.command_id, "");
        return;
      case "error":
        this.settle(frame.command_id, frame.message);
        return;
      case "goodbye":
        // The socket closes next, and the connection is tried again.
        return;
      default:
        unknown(frame);
    }
  }

  private askWhenStale(): void {
    if (!this.latest.isStale || this.hasAskedForSnapshot) return;
    this.hasAskedForSnapshot = this.connection.send({ type: "get_snapshot" });
  }

  /** A Done that was lost with the connection is sent again while it still means the same turn. */
  private retryDone(): void {
    const { waiting } = this;
    if (waiting?.wish.type !== "done") return;
    const isFresh = performance.now() - waiting.sentAt_ms < DONE_RETRY_MS;
    if (isFresh && this.latest.state?.turn === waiting.wish.turn) this.transmit();
  }

  private settle(command_id: string, complaint: string): void {
    if (this.waiting?.command_id !== command_id) return;
    this.waiting = null;
    batch(() => {
      this.busy.value = null;
      this.remark.value = complaint;
    });
  }

  private closed(): void {
    this.lostAt_ms ??= performance.now();
    this.hasAskedForSnapshot = false;
    if (this.waiting !== null && this.waiting.wish.type !== "done") this.settle(this.waiting.command_id, "");
  }

  private tick(): void {
    const now_ms = performance.now();
    if (this.lostAt_ms !== null && this.latest.hello !== null) {
      const lost_ms = now_ms - this.lostAt_ms;
      if (lost_ms > OVERLAY_AFTER_MS) this.link.value = "lost";
      else if (lost_ms > CHIP_AFTER_MS) this.link.value = "blink";
    } else if (this.lostAt_ms !== null && now_ms - this.lostAt_ms > OVERLAY_AFTER_MS) {
      this.link.value = "lost";
    }
    if (this.waiting === null) return;
    const limit_ms = this.waiting.wish.type === "done" && this.lostAt_ms !== null ? DONE_RETRY_MS : ACK_WITHIN_MS;
    if (now_ms - this.waiting.sentAt_ms > limit_ms) this.settle(this.waiting.command_id, "That did not arrive. Please try again.");
  }

  /** Signals are written once per frame, however many messages came in. */
  private change(view: View): void {
    this.latest = view;
    if (this.isScheduled) return;
    this.isScheduled = true;
    const write = () => {
      if (!this.isScheduled) return;
      this.isScheduled = false;
      this.shown.value = this.latest;
    };
    requestAnimationFrame(write);
    // A hidden page gets no frames, but its state must not pile up.
    window.setTimeout(write, 250);
  }
}

function unknown(_frame: never): void {}

/** Another schema means that the daemon was updated: its page is newer than this one. */
function reloadOnce(): void {
  const address = new URL(location.href);
  if (address.searchParams.has(VERSION_KEY)) return;
  address.searchParams.set(VERSION_KEY, "1");
  location.replace(address);
}
