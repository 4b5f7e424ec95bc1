// Text at the largest size that fits its box.
import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { LARGEST_AM, largestThatFits, SMALLEST_AM } from "../shared/fit.ts";

interface FitTextProps {
  readonly children: ComponentChildren;
  /** Changes when the text does. */
  readonly text: string;
  readonly largest_am?: number;
  /** Called when even the smallest size overflows. */
  readonly onOverflow?: () => void;
}

export function FitText({ children, text, largest_am = LARGEST_AM, onOverflow }: FitTextProps) {
  const box = useRef<HTMLDivElement>(null);
  const inner = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const fit = () => {
      if (!box.current || !inner.current) return;
      if (!fitInto(box.current, inner.current, largest_am)) onOverflow?.();
    };
    fit();
    const observer = new ResizeObserver(fit);
    if (box.current) observer.observe(box.current);
    void document.fonts.ready.then(fit);
    return () => observer.disconnect();
  }, [text, largest_am]);
  return (
    <div class="fit" ref={box}>
      <div class="fit-inner" ref={inner}>
        {children}
      </div>
    </div>
  );
}

function fitInto(box: HTMLElement, inner: HTMLElement, largest_am: number): boolean {
  const { fits, size } = largestThatFits(
    (am) => {
      inner.style.setProperty("--fit", am.toFixed(1));
      return inner.scrollHeight <= box.clientHeight + 1 && inner.scrollWidth <= box.clientWidth + 1;
    },
    SMALLEST_AM,
    largest_am,
  );
  inner.style.setProperty("--fit", size.toFixed(1));
  return fits;
}
