// * Every word of the pages, in English. A locale is an object of this type.
import type { CheckLine, Phase, StateWord } from "../wire.gen.ts";

export type StyleName = "supportive" | "neutral" | "cold";
export type PacingName = "patient" | "normal" | "fast";

/** Spoken time of an interview, from the suggested time a question plus a follow-up. */
const MINUTES_A_QUESTION = 2;

export const en = {
  lang: "en",
  product: "Greenroom",
  interviewer: "Ada",
  state: (word: StateWord, name: string): string =>
    ({
      idle: "",
      asking: `${name} is asking`,
      speaking: `${name} is speaking`,
      voice: "I\u2019m listening",
      silence: "Still listening, take your time",
      taken: "Thank you",
      thinking: "One moment",
      paused: "Paused, not listening",
      half_duplex: "Please wait until I have finished before you speak",
    })[word],
  questionOf: (number: number, of: number) => `Question ${number}\u00A0of\u00A0${of}`,
  followUp: "Follow-up",
  wrapUp: "You can wrap up when ready",
  you: "You",
  jumpToNow: "Jump to now",
  timer: (spoken: string) => `Answering for ${spoken}`,

  attract: {
    headline: "Practise an interview",
    facts: ["10 minutes", "Out loud, with a friendly voice", "No cloud: all of it happens on this booth"],
    start: "Start",
    hint: "Sit down and touch Start",
    inUse: "Somebody is practising",
  },
  starting: { title: "Getting ready", text: "The booth is waking up its microphone, camera and voice." },
  unavailable: { title: "Not available just now", text: "Please try again later, or tell the staff.", code: "For staff" },
  consent: {
    title: "Before we begin",
    facts: [
      "The booth listens and watches. Sound and pictures stay in its memory and are never saved.",
      "Your words, voice and face are measured, not judged. No emotions, no ranking.",
      "At the end you see your report. When you leave, it is erased with your answers, unless you keep it.",
      "You can stop at any moment. Ask the staff if you have a question.",
    ],
    switches: {
      keep: { label: "Keep my report", effect: "And my answers as text, so that the staff can hand them to me later" },
    },
    on: "On",
    off: "Off",
    proceed: "Continue",
    allOff: "Off is fine. Everything works.",
  },
  setUp: {
    title: "Your interview",
    role: "Role",
    interviewer: "Ada is",
    length: "Questions",
    pacing: "Pace",
    styles: {
      supportive: ["Warm", "supportive"],
      neutral: ["Neutral", "to the point"],
      cold: ["Reserved", "says little"],
    } satisfies Record<StyleName, readonly [string, string]>,
    minutes: (count: number) => `${count * MINUTES_A_QUESTION} min`,
    pacings: {
      patient: "Patient",
      normal: "Normal",
      fast: "Brisk",
    } satisfies Record<PacingName, string>,
    start: "Start with these",
  },
  check: {
    title: "Can we hear and see you?",
    read: "Read this aloud",
    names: {
      microphone: "Microphone", camera: "Camera", speaker: "Loudspeaker", light: "Light", echo: "Echo", voice: "Your voice",
    } satisfies Record<CheckLine["name"], string>,
    states: {
      checking: "Checking", good: "Good", fix: "Needs a hand", absent: "Not there",
    } satisfies Record<CheckLine["state"], string>,
    proceed: "Continue",
    anyway: "Continue anyway",
    level: "Microphone level",
  },
  gaze: {
    title: "Follow the dot with your eyes",
    lens: "Look into the lens above the screen",
    skip: "Skip this",
  },
  greeting: {
    title: (name: string) => `Hello, I\u2019m ${name}`,
    facts: ["Take your time.", "Press Done when you have finished.", "You can stop at any moment."],
    say: "Say \u201CStart\u201D, or touch the button",
    start: "Start",
  },
  paused: { title: "Paused", text: "The microphone is not listening.", proceed: "Continue" },
  closing: { title: "That was the last question" },
  report: {
    title: "Well done",
    strength: "What worked",
    nextStep: "Try next time",
    take: "Take your report with you",
    typed: "or type",
    offline: "This booth is not on the network. The staff can hand the report to you: ask before you clear the screen.",
    command: (session: string) => `greenroom report ${session} --html FILE`,
    cannotTell: "Cannot tell",
    coverage: (share: number) => `from\u00A0${Math.round(share * 100)}\u00A0%`,
    coverageSpoken: (share: number) => `taken from ${Math.round(share * 100)} percent of your answers`,
    finish: "Done, clear the screen",
    notReady: "Writing your report",
    open: "Open my report",
  },
  goodbye: { title: "Goodbye, and good luck", text: "Your session has been removed from this screen." },

  stillThere: { yes: "Yes, more time" },

  button: {
    done: "Done", repeat: "Repeat", skip: "Skip", pause: "Pause", resume: "Continue", end: "End", cancel: "Go back",
    close: "Close",
  },
  endDialog: {
    title: "End the interview?",
    text: "Your finished answers stay in the report.",
    confirm: "End now",
  },
  display: {
    button: "Display settings",
    title: "Display",
    size: "Text size",
    sizes: ["Normal", "Large", "Largest"],
    theme: "Colours",
    themes: { dark: "Dark", light: "Light", system: "As my phone" },
    movement: "Less movement",
    density: "While I answer, show",
    densities: { quiet: "Question only", captions: "Captions", full: "Everything" },
    about: "This booth",
  },
  densityButton: { quiet: "Show captions", captions: "Show everything", full: "Show less" },
  meters: {
    group: "Live measures",
    pace: "Pace",
    pauses: "Pauses",
    loudness: "Loudness",
    eyeContact: "Eye contact",
    headPose: "Head",
    notYet: "not yet",
    settling: "listening\u2026",
    cannotTell: "cannot tell",
    noFace: "no face",
    faces: (count: number) => `${count} faces`,
    wordsPerMinute: "words/min",
    pausesSpoken: (count: string, share: string) => `${count} pauses, ${share} of the time`,
    decibel: "dB",
    ofAnswer: "of the answer",
    degrees: (yaw: string, pitch: string) => `${yaw}\u00B0 / ${pitch}\u00B0`,
    degreesSpoken: (yaw: string, pitch: string, roll: string) => `turned ${yaw}, raised ${pitch}, tilted ${roll} degrees`,
  },
  link: {
    connecting: "Connecting",
    live: "Live",
    blink: "Reconnecting",
    lost: "The booth is restarting",
    lostText: "Your finished answers are safe. This page comes back by itself.",
    version: "Please tell the staff: the page and the booth have different versions.",
  },
  devices: {
    names: { microphone: "Microphone", speaker: "Loudspeaker", camera: "Camera" } as Readonly<Record<string, string>>,
    states: {
      ok: "works", lost: "unplugged", absent: "not there", silent: "silent", frozen: "frozen", black: "sees only black",
      covered: "sees nothing: is the lens covered?",
    } as Readonly<Record<string, string>>,
    cameraLost: "Camera is off. The interview goes on without it.",
    noMicrophone: "This booth hears nothing: no microphone is plugged in. Please tell the staff.",
    title: "Devices",
  },
  engines: {
    names: {
      voice_activity: "Voice activity", recogniser: "Recogniser", end_of_turn: "End of turn", face: "Face", synthesiser: "Voice",
      language_model: "Interviewer", echo: "Echo", sounds: "Room sounds", pitch: "Pitch", sentence_ends: "Sentence ends",
    } as Readonly<Record<string, string>>,
    lost: "lost",
    fallback: "second choice",
    title: "Engines",
  },
  phone: {
    waiting: {
      starting: "The booth is getting ready.",
      attract: "The booth is free. The interview shows up here as soon as it starts.",
      consent: "Somebody is about to begin.",
      set_up: "Choosing the interview.",
      sensor_check: "Checking microphone and camera.",
      gaze_check: "Looking at points on the screen.",
      goodbye: "The session is over and has been removed from this page.",
      unavailable: "The booth is not available just now.",
    } as Readonly<Partial<Record<Phase, string>>>,
    theme: "Light or dark",
    captions: "What is said",
    quiet: "Words appear here while somebody speaks.",
    viewer: "You can follow here. The interview is steered at the booth itself.",
    viewerReport: "The report is on the booth\u2019s screen. The code there opens it on this phone.",
    stillThere: "The booth asks whether somebody is still there. A touch on its screen is enough.",
  },
};

export type Messages = typeof en;
