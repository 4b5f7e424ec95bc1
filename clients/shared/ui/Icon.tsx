// Line icons on a 24 x 24 grid, drawn for this project.
const PATHS = {
  check: "M4.5 12.5l5 5 10-11",
  repeat: "M4 11a8 8 0 0 1 14-4.5L20 8M20 3.5V8h-4.5M20 13a8 8 0 0 1-14 4.5L4 16M4 20.5V16h4.5",
  skip: "M5 5.5l9 6.5-9 6.5zM19 5.5v13",
  pause: "M8.5 5v14M15.5 5v14",
  play: "M7 4.5l12 7.5-12 7.5z",
  stop: "M6.5 6.5h11v11h-11z",
  microphone: "M12 3.5a3 3 0 0 0-3 3v5a3 3 0 0 0 6 0v-5a3 3 0 0 0-3-3zM5.5 11.5a6.5 6.5 0 0 0 13 0M12 18v3",
  camera: "M3.5 7.5h11v10h-11zM14.5 11l6-3v9l-6-3",
  speaker: "M4 9.5h4l5-4.5v14l-5-4.5H4zM16.5 9a4.5 4.5 0 0 1 0 6M19 6.5a8 8 0 0 1 0 11",
  light: "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M18.7 5.3l-1.4 1.4M6.7 17.3l-1.4 1.4",
  echo: "M5 12h.01M9 8.5a5 5 0 0 1 0 7M13 6a9 9 0 0 1 0 12M17 3.5a13 13 0 0 1 0 17",
  voice: "M4 10.5v3M8 7v10M12 4v16M16 8v8M20 10.5v3",
  captions: "M3.5 5.5h17v13h-17zM7 11h4M13.5 11H17M7 14.5h6.5M16 14.5h1",
  lock: "M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3",
  clock: "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM12 7.5V12l3 2",
  person: "M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM4.5 20.5c.6-4 3.6-6 7.5-6s6.9 2 7.5 6",
  warn: "M12 4l9 16H3zM12 10v4.5M12 17.3v.01",
  info: "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM12 11v5.5M12 7.8v.01",
  close: "M6 6l12 12M18 6L6 18",
  forget: "M5 7h14M10 7V4.5h4V7M7 7l1 13h8l1-13",
  hand: "M7 12.5V7a1.5 1.5 0 0 1 3 0v4V5a1.5 1.5 0 0 1 3 0v6-4.5a1.5 1.5 0 0 1 3 0V12v-2.5a1.5 1.5 0 0 1 3 0V15a6 6 0 0 1-6 6h-1c-2.5 0-4-1-5.5-3L4 14.5a1.6 1.6 0 0 1 2.5-2z",
  arrow: "M4 12h15M13 6l6 6-6 6",
  eye: "M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12zM12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6z",
  gauge: "M4 17a9 9 0 1 1 16 0M12 15l4-5",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
