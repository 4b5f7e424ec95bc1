// The socket of the booth's messages: connects for ever, watches for silence, measures the clock.
import { delay_s } from "./backoff.ts";
import { decodeFrame, encodeMessage, type Inbound } from "./wire.ts";
import type { InboundMessage } from "./wire.gen.ts";

const CONNECT_TIMEOUT_MS = 5000;
const QUIET_MS = 3000;
const DEAD_MS = 6000;
const FIRST_PINGS = 6;
const FIRST_PING_GAP_MS = 40;
const PING_EVERY_MS = 2000;
const WATCH_EVERY_MS = 500;
const CLOCK_JUMP_MS = 5000;

export interface Listener {
  onFrame(frame: Inbound, received_ms: number): void;
  onGarbage(): void;
  onClose(): void;
}

export class Connection {
  private socket: WebSocket | null = null;
  private attempt = 0;
  private retry: number | undefined;
  private startedAt_ms = 0;
  private heardAt_ms = 0;
  private pingedAt_ms = 0;
  private watchedAt_ms = 0;
  private isClosed = false;

  constructor(
    private readonly url: string,
    private readonly listener: Listener,
  ) {}

  start(): void {
    this.watchedAt_ms = performance.now();
    window.setInterval(() => this.watch(), WATCH_EVERY_MS);
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") this.wake();
    });
    window.addEventListener("pageshow", (event) => {
      if (event.persisted) this.renew();
    });
    window.addEventListener("online", () => this.renew());
    this.connect();
  }

  /** False when there is no open connection. */
  send(message: InboundMessage): boolean {
    if (this.socket?.readyState !== WebSocket.OPEN) return false;
    this.socket.send(encodeMessage(message));
    return true;
  }

  /** For good: the page is about to go. */
  close(): void {
    this.isClosed = true;
    this.drop();
  }

  private connect(): void {
    window.clearTimeout(this.retry);
    if (this.isClosed) return;
    const socket = new WebSocket(this.url);
    socket.binaryType = "arraybuffer";
    this.socket = socket;
    this.startedAt_ms = performance.now();
    socket.onopen = () => {
      this.heardAt_ms = performance.now();
      for (let k = 0; k < FIRST_PINGS; k += 1) window.setTimeout(() => this.ping(), k * FIRST_PING_GAP_MS);
    };
    socket.onmessage = (event: MessageEvent<unknown>) => {
      this.heardAt_ms = performance.now();
      const frame = event.data instanceof ArrayBuffer ? decodeFrame(event.data) : null;
      if (frame === null) {
        this.listener.onGarbage();
        return;
      }
      this.attempt = 0;
      this.listener.onFrame(frame, this.heardAt_ms);
    };
    socket.onclose = () => {
      if (this.socket === socket) this.lost();
    };
  }

  private lost(): void {
    this.socket = null;
    this.listener.onClose();
    if (this.isClosed) return;
    window.clearTimeout(this.retry);
    this.retry = window.setTimeout(() => this.connect(), delay_s(this.attempt, Math.random()) * 1000);
    this.attempt += 1;
  }

  private drop(): void {
    const { socket } = this;
    if (socket === null) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
    this.lost();
  }

  /** A page that comes back cannot know whether its socket still lives: ask, and connect if there is none. */
  private wake(): void {
    if (this.socket === null) this.renew();
    else this.ping();
  }

  private renew(): void {
    if (this.isClosed) return;
    this.attempt = 0;
    this.drop();
    this.connect();
  }

  private ping(): void {
    this.pingedAt_ms = performance.now();
    this.send({ type: "ping", sent_ms: this.pingedAt_ms });
  }

  private watch(): void {
    const now_ms = performance.now();
    const hasJumped = now_ms - this.watchedAt_ms > CLOCK_JUMP_MS;
    this.watchedAt_ms = now_ms;
    if (this.socket === null) return;
    if (this.socket.readyState === WebSocket.CONNECTING) {
      if (now_ms - this.startedAt_ms > CONNECT_TIMEOUT_MS) this.drop();
      return;
    }
    const silence_ms = now_ms - this.heardAt_ms;
    if (silence_ms > DEAD_MS || (hasJumped && silence_ms > QUIET_MS)) this.renew();
    else if (silence_ms > QUIET_MS || now_ms - this.pingedAt_ms >= PING_EVERY_MS) this.ping();
  }
}
