// * What the page knows: a snapshot and everything that happened since, folded without side effects.
import { fromSnapshot, NO_CAPTION, withCaption, type CaptionLine } from "./captions.ts";
import { SILENT, withCut, withTrack, type Player } from "./viseme_player.ts";
import { SCHEMA_VERSION, type Batch, type BatchEvent, type BoothState, type Cue, type Gauges, type Hello, type Snapshot } from "./wire.gen.ts";

export interface View {
  readonly hello: Hello | null;
  readonly state: BoothState | null;
  /** Number of the last frame that was taken in. */
  readonly seq: number;
  /** Something was lost: nothing is taken in until a snapshot comes. */
  readonly isStale: boolean;
  readonly isWrongVersion: boolean;
  readonly you: CaptionLine;
  readonly booth: CaptionLine;
  readonly gauges: Gauges;
  readonly player: Player;
  /** How the answers of this session were judged, by turn; only phones and staff are told. */
  /** The last cue of the running answer; only the candidate's phone is told. */
  readonly cue: Cue | null;
  /** The last sentence worth telling a screen reader. */
  readonly announcement: string;
  /** Frames and events that this page did not understand. */
  readonly dropped: number;
}

export const EMPTY: View = {
  hello: null,
  state: null,
  seq: 0,
  isStale: false,
  isWrongVersion: false,
  you: NO_CAPTION,
  booth: NO_CAPTION,
  gauges: {},
  player: SILENT,
  cue: null,
  announcement: "",
  dropped: 0,
};

/** A new connection began; another boot of the daemon means that nothing of before holds. */
export function withHello(view: View, hello: Hello): View {
  const base = view.hello?.boot_id === hello.boot_id ? view : { ...EMPTY, dropped: view.dropped };
  return { ...base, hello, isStale: true, isWrongVersion: hello.schema !== SCHEMA_VERSION };
}

export function withSnapshot(view: View, { seq, state }: Snapshot): View {
  const isOtherSession = view.state?.session !== state.session;
  return {
    ...view,
    seq,
    state,
    isStale: false,
    you: fromSnapshot(state.caption_you),
    booth: fromSnapshot(state.caption_booth),
    gauges: isOtherSession ? {} : view.gauges,
    player: SILENT,
    cue: null,
  };
}

/** Takes a numbered batch in; a gap in the numbers marks the view as stale. */
export function withBatch(view: View, seq: number, batch: Batch): View {
  if (view.state === null || view.isStale || seq <= view.seq) return view;
  if (seq !== view.seq + 1) return { ...view, isStale: true };
  const start: View = { ...view, seq, gauges: merged(view.gauges, batch.gauges), state: { ...view.state, t: batch.t } };
  return batch.events.reduce(withEvent, start);
}

export function withDropped(view: View, count: number): View {
  return count === 0 ? view : { ...view, dropped: view.dropped + count };
}

function withEvent(view: View, event: BatchEvent): View {
  const { state } = view;
  if (state === null) return view;
  const change = (part: Partial<BoothState>): View => ({ ...view, state: { ...state, ...part } });
  switch (event.type) {
    case "phase":
      return withPhase(change({ phase: event.phase, allowed: event.allowed }), state, event.phase);
    case "state":
      return change({ state: event.state });
    case "session":
      return {
        ...withoutSession(view, state),
        state: {
          ...blank(state), session: event.session, style: event.style, role: event.role, pacing: event.pacing,
          questions: event.questions, documents_note: event.documents_note,
        },
      };
    case "question":
      return {
        ...change({ question: event.question, turn: event.question.turn, answering_since_t: null }),
        you: NO_CAPTION,
        cue: null,
        announcement: event.question.text,
      };
    case "answering":
      return { ...change({ turn: event.turn, answering_since_t: event.since_t }), cue: null };
    case "caption": {
      const line = withCaption(event.speaker === "you" ? view.you : view.booth, event);
      if (line === null) return { ...view, isStale: true };
      const announcement = event.is_final && line.text !== state.question?.text ? line.text : view.announcement;
      return event.speaker === "you" ? { ...view, you: line, announcement } : { ...view, booth: line, announcement };
    }
    case "visemes":
      return { ...view, player: withTrack(view.player, event, state.t) };
    case "viseme_cut":
      return { ...view, player: withCut(view.player, event.generation) };
    case "checks":
      return change({ checks: event.checks });
    case "gaze_points":
      return change({ gaze_points: event.points });
    case "engines":
      return change({ engines: event.engines });
    case "devices":
      return change({ devices: event.devices });
    case "notice":
      return { ...change({ notice: event.text === "" ? null : event }), announcement: event.text || view.announcement };
    case "answer_scored":
      return change({ scores: [...state.scores.filter(({ turn }) => turn !== event.score.turn), event.score] });
    case "turn_taken":
      return { ...change({ answering_since_t: null }), cue: null };
    case "report":
      return change({ report: event.report });
    case "cues":
      return { ...change({ cues: event.is_on }), cue: event.is_on ? view.cue : null };
    case "cue":
      return { ...view, cue: event };
    default:
      return unknown(event, view);
  }
}

function withPhase(view: View, before: BoothState, phase: BoothState["phase"]): View {
  return phase === "attract" && before.phase !== "attract" && view.state !== null ? withoutSession(view, view.state) : view;
}

/** Everything that belongs to one candidate is gone. */
function withoutSession(view: View, state: BoothState): View {
  return {
    ...view,
    state: { ...blank(state), session: null },
    you: NO_CAPTION,
    booth: NO_CAPTION,
    gauges: {},
    player: SILENT,
    cue: null,
    announcement: "",
  };
}

function blank(state: BoothState): BoothState {
  return { ...state, question: null, report: null, caption_you: "", caption_booth: "", answering_since_t: null, checks: [], gaze_points: [], scores: [], documents_note: "" };
}

function merged(before: Gauges, changed: Gauges): Gauges {
  return Object.keys(changed).length === 0 ? before : { ...before, ...changed };
}

function unknown(_event: never, view: View): View {
  return withDropped(view, 1);
}
