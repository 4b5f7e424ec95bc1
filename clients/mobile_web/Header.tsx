// Booth name and how fresh the page is.
import type { Booth, LinkState } from "../shared/live.ts";
import { theme } from "../shared/prefs.ts";
import { Icon } from "../shared/ui/Icon.tsx";
import { t } from "../shared/words.ts";

const WORDS: Readonly<Record<LinkState, string>> = {
  connecting: t.link.connecting,
  live: t.link.live,
  blink: t.link.blink,
  lost: t.link.blink,
};

export function Header({ booth }: { booth: Booth }) {
  const link = booth.link.value;
  return (
    <header class="top">
      <h1>{booth.view.value.hello?.booth ?? t.product}</h1>
      <p class={`link link-${link}`} role="status">
        <span class="link-dot" aria-hidden="true" />
        {WORDS[link]}
      </p>
      <button type="button" class="top-theme" aria-label={t.phone.theme} onClick={swapTheme}>
        <Icon name="light" />
      </button>
    </header>
  );
}

function swapTheme(): void {
  theme.value = document.documentElement.dataset["theme"] === "light" ? "dark" : "light";
}
