// The interviewer: a drawn bust whose mouth follows the booth's visemes. Frames are drawn only while it speaks.
import { useSignalEffect } from "@preact/signals";
import { useId, useRef } from "preact/hooks";
import type { Booth } from "../live.ts";
import { lessMovement } from "../prefs.ts";
import { busyUntil_t, mouthAt } from "../viseme_player.ts";
import type { StateWord } from "../wire.gen.ts";
import { FACE_OUTLINE, HAIR, lookOf, SKIN, type Look } from "./personas.ts";
import { paths, REST, type Mouth } from "./shapes.ts";

/** From drawing to light: half a frame, and a usual panel with its compositor. */
const DRAWN_AHEAD_MS = 8 + 25;
/** Steps of the still portrait: at most four changes a second. */
const COARSE_STEP_MS = 250;

interface FaceProps {
  readonly style: string;
  readonly word: StateWord;
  /** Without a booth the mouth stays at rest. */
  readonly booth?: Booth;
  /** For screen readers; empty where the picture says nothing new. */
  readonly label: string;
}

export function Face({ style, word, booth, label }: FaceProps) {
  const look = lookOf(style);
  const id = useId();
  const mouth = useRef<SVGGElement>(null);
  useMouth(mouth, booth, look.smile);
  return (
    <svg class={`face face-${word}`} viewBox="0 0 320 320" {...named(label)}>
      <defs>
        <clipPath id={`${id}-disc`}>
          <circle cx="160" cy="160" r="150" />
        </clipPath>
        <radialGradient id={`${id}-light`} cx="0.5" cy="0.38" r="0.62">
          <stop class="face-light-in" offset="0" />
          <stop class="face-light-out" offset="1" />
        </radialGradient>
        <clipPath id={`${id}-mouth`}>
          <path class="mouth-clip" d={paths(REST, look.smile).opening} />
        </clipPath>
      </defs>
      <circle class="face-halo" cx="160" cy="160" r="152" />
      <circle class="face-disc" cx="160" cy="160" r="150" fill={`url(#${id}-light)`} />
      <g clip-path={`url(#${id}-disc)`}>
        <g transform="translate(-27 -26) scale(1.17)">
          <g class="face-head face-hair-back">
            <path d={look.hairBack} fill={HAIR.base} />
          </g>
          <Body look={look} />
          <g class="face-head">
            <Head look={look} />
            <g ref={mouth} transform="translate(160 184)">
              <MouthParts look={look} clip={`${id}-mouth`} />
            </g>
            <path d={look.hairFront} fill={HAIR.base} />
            <path d={look.hairShine} fill="none" stroke={HAIR.light} stroke-width="5" stroke-linecap="round" />
          </g>
        </g>
      </g>
      <circle class="face-ring" cx="160" cy="160" r="152" />
    </svg>
  );
}

/** A picture with a name, or decoration. */
function named(label: string) {
  return label === "" ? ({ "aria-hidden": true } as const) : ({ role: "img", "aria-label": label } as const);
}

function Body({ look }: { look: Look }) {
  return (
    <g class="face-body">
      <path d="M36 330C38 272 74 254 126 242C140 258 180 258 194 242C246 254 282 272 284 330Z" fill={look.cloth} />
      <path d="M126 242C132 262 146 276 160 288C174 276 188 262 194 242C184 254 136 254 126 242Z" fill={look.shirt} />
      <path d="M138 190L138 238C142 262 152 272 160 278C168 272 178 262 182 238L182 190Z" fill={SKIN.base} />
      <path d="M138 196L138 222C150 240 170 240 182 222L182 196Z" fill={SKIN.shade} />
      <path d="M126 241L112 264L146 320L160 288C146 276 132 262 126 241ZM194 241L208 264L174 320L160 288C174 276 188 262 194 241Z" fill={look.clothShade} />
    </g>
  );
}

function Head({ look }: { look: Look }) {
  const mirrored = "translate(320 0) scale(-1 1)";
  return (
    <>
      <path d="M106 134C96 128 92 140 96 152C99 162 106 166 110 162Z" fill={SKIN.shade} />
      <path d="M106 134C96 128 92 140 96 152C99 162 106 166 110 162Z" fill={SKIN.shade} transform={mirrored} />
      {look.hasEarrings && <EarRings />}
      <path d={FACE_OUTLINE} fill={SKIN.base} />
      <ellipse cx="126" cy="166" rx="13" ry="8" fill={SKIN.lips} opacity="0.16" />
      <ellipse cx="194" cy="166" rx="13" ry="8" fill={SKIN.lips} opacity="0.16" />
      <path d="M159 140C157 150 153 158 153 162C154 167 165 167 167 163" fill="none" stroke={SKIN.shade} stroke-width="3.5" stroke-linecap="round" stroke-linejoin="round" />
      <Eye x={136} />
      <Eye x={184} />
      <g class="face-brows" fill="none" stroke={HAIR.brow} stroke-width="5" stroke-linecap="round">
        <path d={look.browLeft} />
        <path d={look.browLeft} transform={mirrored} />
      </g>
      {look.hasGlasses && <Glasses />}
    </>
  );
}

function EarRings() {
  return (
    <g fill="#f2d28a">
      <circle cx="101" cy="166" r="4" />
      <circle cx="219" cy="166" r="4" />
    </g>
  );
}

function Glasses() {
  return (
    <g fill="none" stroke="#2b3440" stroke-width="3.5" stroke-linecap="round">
      <rect x="115" y="121" width="40" height="32" rx="13" />
      <rect x="165" y="121" width="40" height="32" rx="13" />
      <path d="M155 133C158 130 162 130 165 133M115 131L105 128M205 131L215 128" />
    </g>
  );
}

function Eye({ x }: { x: number }) {
  const almond = `M${x - 14} 137C${x - 9} 126 ${x + 9} 126 ${x + 14} 137C${x + 8} 145 ${x - 8} 145 ${x - 14} 137Z`;
  const id = useId();
  return (
    <g>
      <clipPath id={id}>
        <path d={almond} />
      </clipPath>
      <path d={almond} fill="#fdfaf5" />
      <g clip-path={`url(#${id})`}>
        <g class="face-gaze">
          <circle cx={x} cy="136" r="7.5" fill="#4a3324" />
          <circle cx={x} cy="136" r="3.7" fill="#17100c" />
          <circle cx={x + 2.5} cy="133.2" r="2" fill="#ffffff" />
        </g>
        <rect class="face-lid" x={x - 16} y="124" width="32" height="22" fill={SKIN.base} />
      </g>
      <path d={`M${x - 14.5} 137C${x - 9} 126 ${x + 9} 126 ${x + 14.5} 137`} fill="none" stroke={HAIR.brow} stroke-width="3" stroke-linecap="round" />
    </g>
  );
}

function MouthParts({ look, clip }: { look: Look; clip: string }) {
  const rest = paths(REST, look.smile);
  return (
    <>
      <path class="mouth-lips" d={rest.lips} fill={SKIN.lips} />
      <g class="mouth-inside" opacity="0">
        <path class="mouth-opening" d={rest.opening} fill="#4b1d20" />
        <g clip-path={`url(#${clip})`}>
          <ellipse class="mouth-tongue" cx="0" cy={rest.tongueY} rx="15" ry="7" fill="#c8696a" />
          <rect class="mouth-teeth" x="-19" y={rest.teethY} width="38" height="8" rx="3" fill="#fdfaf5" />
        </g>
      </g>
      <path class="mouth-line" d={rest.line} fill="none" stroke="#6e2f2c" stroke-width="2.2" stroke-linecap="round" />
    </>
  );
}

/** Draws frames from the booth's clock while there is something to say, and one more to close the mouth. */
function useMouth(mouth: { readonly current: SVGGElement | null }, booth: Booth | undefined, smile: number): void {
  useSignalEffect(() => {
    if (booth === undefined) return undefined;
    const player = booth.player.value;
    const isCoarse = lessMovement.value;
    const until_t = busyUntil_t(player);
    const isLive = booth.link.value === "live";
    let request = 0;
    let lastStep = -1;
    const draw = (stamp_ms: number) => {
      const t = booth.at_t(stamp_ms + DRAWN_AHEAD_MS);
      const isOver = t === null || t >= until_t || !isLive;
      const step = isCoarse ? Math.floor(stamp_ms / COARSE_STEP_MS) : stamp_ms;
      if (mouth.current && (isOver || step !== lastStep)) {
        setMouth(mouth.current, isOver ? REST : mouthAt(player, t, isCoarse), smile);
        lastStep = step;
      }
      if (!isOver) request = requestAnimationFrame(draw);
    };
    request = requestAnimationFrame(draw);
    return () => cancelAnimationFrame(request);
  });
}

function setMouth(group: SVGGElement, shape: Mouth, smile: number): void {
  const drawn = paths(shape, smile);
  const set = (selector: string, attribute: string, value: string) => group.querySelector(selector)?.setAttribute(attribute, value);
  set(".mouth-lips", "d", drawn.lips);
  set(".mouth-opening", "d", drawn.opening);
  set(".mouth-line", "d", drawn.line);
  set(".mouth-teeth", "y", drawn.teethY.toFixed(1));
  set(".mouth-tongue", "cy", drawn.tongueY.toFixed(1));
  const isOpen = drawn.openness > 1.5;
  set(".mouth-inside", "opacity", isOpen ? "1" : "0");
  set(".mouth-line", "opacity", isOpen ? "0" : "1");
  group.ownerSVGElement?.querySelector(".mouth-clip")?.setAttribute("d", drawn.opening);
}
