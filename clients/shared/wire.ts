// Decodes frames and checks their shape; whatever does not fit the protocol is counted and dropped.
import { decode, encode } from "@msgpack/msgpack";
import { check, type Check } from "./check.ts";
import type {
  Ack, Answering, AnswerScored, BandView, Batch, BatchEvent, BoothState, Caption, CheckLine, ChecksChanged, Cue, CueName, CuesSwitched,
  DevicesChanged, DeviceState, EnginesChanged, EngineState, Error as Refusal, Fact, Gauges, GazePoint, GazePoints, Goodbye, Hello, InboundMessage, Notice, PhaseChanged, Pong,
  QuestionShown, QuestionView, ReportReady, ReportView, RoleTile, ScoreView, SelfView, SessionOpened, SourceView, Snapshot, StateChanged, TurnTaken,
  VisemeCut, VisemeTrack,
} from "./wire.gen.ts";

const { map, text, number, flag, bytes, oneOf, list, orNull, pair, fixed } = check;

const phase = oneOf<BoothState["phase"]>([
  "starting", "attract", "consent", "set_up", "sensor_check", "gaze_check", "greeting", "asking", "listening", "thinking", "paused",
  "closing", "report", "goodbye", "unavailable",
]);
const stateWord = oneOf<BoothState["state"]>([
  "idle", "asking", "voice", "silence", "taken", "thinking", "paused", "speaking", "half_duplex",
]);
const role = oneOf<Hello["role"]>(["kiosk", "phone", "viewer", "counsellor", "admin"]);

const cueName = oneOf<CueName>(["louder", "slow_down", "wrap_up", "example", "result", "look_up"]);

const engine = map<EngineState>({ capability: text, name: text, detail: text, is_first_choice: flag, is_lost: flag });
const device = map<DeviceState>({ kind: text, name: text, state: text, detail: text });
const roleTile = map<RoleTile>({ role: text, title: text, questions: number });
const checkLine = map<CheckLine>({
  name: oneOf(["microphone", "camera", "speaker", "light", "echo", "voice"]),
  state: oneOf(["checking", "good", "fix", "absent"]),
  text,
});
const gazePoint = map<GazePoint>({
  name: oneOf(["lens", "interviewer", "left", "right", "below"]), x: number, y: number, from_t: number, to_t: number,
});
const band = map<BandView>({ criterion: text, band: number, certainty: oneOf(["high", "low"]) });
const score = map<ScoreView>({
  turn: number, number, band: orNull(number), rating: text, certainty: text, bands: list(band), text,
});
const source = map<SourceView>({ document: oneOf(["job", "cv", "own"]), line: number, quote: text });
const question = map<QuestionView>({
  turn: number, number, of: number, text, is_follow_up: flag, suggested_s: number, id: text, source: orNull(source),
});
const fact = map<Fact>({ name: text, label: text, value: orNull(number), unit: text, coverage: number, reason: text });
const report = map<ReportView>({
  session: text, url: text, code: text, qr: list(text), strength: text, next_step: text, facts: list(fact),
  reading: oneOf(["none", "pending", "read", "failed"]),
});
const notice = map<Notice>({
  type: fixed("notice"), t: number, code: text, text, severity: oneOf(["info", "warn", "error"]),
});
const boothState = map<BoothState>({
  t: number, phase, state: stateWord, session: orNull(text), style: text, role: text, pacing: text, questions: number,
  roles: list(roleTile), question: orNull(question), turn: number, answering_since_t: orNull(number),
  caption_you: text, caption_booth: text, checks: list(checkLine), gaze_points: list(gazePoint), engines: list(engine), devices: list(device),
  notice: orNull(notice), report: orNull(report), allowed: list(text), scores: list(score), cues: flag,
  documents_note: text,
});

const EVENTS: { [K in BatchEvent["type"]]: Check<Extract<BatchEvent, { type: K }>> } = {
  phase: map<PhaseChanged>({ type: fixed("phase"), t: number, phase, allowed: list(text) }),
  state: map<StateChanged>({ type: fixed("state"), t: number, state: stateWord }),
  session: map<SessionOpened>({
    type: fixed("session"), t: number, session: text, style: text, role: text, pacing: text, questions: number, documents_note: text,
  }),
  question: map<QuestionShown>({ type: fixed("question"), t: number, question }),
  answering: map<Answering>({ type: fixed("answering"), t: number, turn: number, since_t: orNull(number) }),
  caption: map<Caption>({
    type: fixed("caption"), t: number, speaker: oneOf(["you", "booth"]), turn: number, revision: number, keep: number,
    text, settled: number, is_final: flag,
  }),
  visemes: map<VisemeTrack>({
    type: fixed("visemes"), turn: number, generation: number, t0: number, at_ms: list(number), shapes: text,
  }),
  viseme_cut: map<VisemeCut>({ type: fixed("viseme_cut"), t: number, generation: number }),
  checks: map<ChecksChanged>({ type: fixed("checks"), t: number, checks: list(checkLine) }),
  gaze_points: map<GazePoints>({ type: fixed("gaze_points"), t: number, points: list(gazePoint) }),
  engines: map<EnginesChanged>({ type: fixed("engines"), t: number, engines: list(engine) }),
  devices: map<DevicesChanged>({ type: fixed("devices"), t: number, devices: list(device) }),
  notice,
  answer_scored: map<AnswerScored>({ type: fixed("answer_scored"), t: number, score }),
  turn_taken: map<TurnTaken>({
    type: fixed("turn_taken"), t: number, turn: number, ended_by: text, gap_s: orNull(number),
  }),
  report: map<ReportReady>({ type: fixed("report"), t: number, report }),
  cues: map<CuesSwitched>({ type: fixed("cues"), t: number, is_on: flag }),
  cue: map<Cue>({ type: fixed("cue"), t: number, turn: number, name: cueName, text, show_s: number }),
};

type Single = Hello | Snapshot | Ack | Refusal | Pong | Goodbye;
const SINGLES: { [K in Single["type"]]: Check<Extract<Single, { type: K }>> } = {
  hello: map<Hello>({
    type: fixed("hello"), schema: number, boot_id: text, version: text, role, t: number, panel_mm: pair(number),
    locale: text, booth: text, self_view: flag, phone_url: text,
  }),
  snapshot: map<Snapshot>({ type: fixed("snapshot"), seq: number, state: boothState }),
  ack: map<Ack>({ type: fixed("ack"), command_id: text }),
  error: map<Refusal>({ type: fixed("error"), code: text, message: text, command_id: text }),
  pong: map<Pong>({ type: fixed("pong"), sent_ms: number, t: number }),
  goodbye: map<Goodbye>({ type: fixed("goodbye"), code: text }),
};

const GAUGE_KEYS = [
  "mic_dbfs", "speaker_dbfs", "noise_dbfs", "pace_wpm", "pauses", "pause_share", "loudness_dbfs", "eye_contact",
  "yaw_deg", "pitch_deg", "roll_deg", "faces", "talk_s",
] as const satisfies readonly (keyof Gauges)[];

/** One frame from the booth; `dropped` counts batch events that this page does not understand. */
export type Inbound =
  | Single
  | { readonly type: "batch"; readonly seq: number; readonly batch: Batch; readonly dropped: number };

/** Larger frames than any real snapshot are not worth decoding. */
export const MAX_FRAME_BYTES = 1_000_000;

function decoded(data: ArrayBuffer | Uint8Array): unknown {
  if (data.byteLength > MAX_FRAME_BYTES) return null;
  try {
    return decode(data);
  } catch {
    return null;
  }
}

/** Null for anything that is not a frame of this protocol. */
export function decodeFrame(data: ArrayBuffer | Uint8Array): Inbound | null {
  const value = decoded(data);
  if (Array.isArray(value)) return numberedBatch(value);
  const type = typeOf(value);
  if (type === null || !Object.hasOwn(SINGLES, type)) return null;
  return SINGLES[type as Single["type"]](value) ? (value as Single) : null;
}

const selfView = map<SelfView>({
  type: fixed("self_view"),
  t: number,
  framing: oneOf([
    "unknown", "good", "dark", "bright", "nobody", "several", "nearer", "further", "left", "right", "up", "down",
  ]),
  jpeg: bytes,
});

/** A picture of the candidate; null for anything else. */
export function decodeSelfView(data: ArrayBuffer | Uint8Array): SelfView | null {
  const value = decoded(data);
  return selfView(value) ? value : null;
}

function numberedBatch(value: readonly unknown[]): Inbound | null {
  const [seq, batch] = value;
  if (value.length !== 2 || typeof seq !== "number" || typeOf(batch) !== "batch") return null;
  const { t, events, gauges } = batch as Record<string, unknown>;
  if (typeof t !== "number" || !Array.isArray(events) || typeof gauges !== "object" || gauges === null) return null;
  const known = events.filter(isKnownEvent);
  return {
    type: "batch",
    seq,
    batch: { type: "batch", t, events: known, gauges: knownGauges(gauges as Record<string, unknown>) },
    dropped: events.length - known.length,
  };
}

function isKnownEvent(value: unknown): value is BatchEvent {
  const type = typeOf(value);
  return type !== null && Object.hasOwn(EVENTS, type) && EVENTS[type as BatchEvent["type"]](value);
}

function knownGauges(raw: Record<string, unknown>): Gauges {
  const gauges: Record<string, number | null> = {};
  for (const key of GAUGE_KEYS) {
    const value = raw[key];
    if (value === null || (typeof value === "number" && Number.isFinite(value))) gauges[key] = value;
  }
  return gauges;
}

function typeOf(value: unknown): string | null {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return null;
  const type: unknown = (value as Record<string, unknown>)["type"];
  return typeof type === "string" ? type : null;
}

export function encodeMessage(message: InboundMessage): Uint8Array<ArrayBuffer> {
  return encode(message);
}
