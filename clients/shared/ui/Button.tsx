// A button of either page.
import type { ComponentChildren } from "preact";
import { Icon, type IconName } from "./Icon.tsx";

interface ButtonProps {
  readonly children: ComponentChildren;
  readonly onPress: () => void;
  readonly icon?: IconName;
  readonly kind?: "primary" | "plain" | "quiet" | "danger";
  readonly isDisabled?: boolean;
  readonly isBusy?: boolean;
  /** Gets the focus when its screen appears. */
  readonly isFirst?: boolean;
  readonly label?: string;
}

export function Button({ children, onPress, icon, kind = "plain", isDisabled = false, isBusy = false, isFirst = false, label }: ButtonProps) {
  return (
    <button
      type="button"
      class={`button button-${kind}`}
      disabled={isDisabled}
      aria-busy={isBusy}
      aria-label={label}
      data-first={isFirst ? "" : undefined}
      onClick={onPress}
    >
      {icon && <Icon name={icon} />}
      <span>{children}</span>
    </button>
  );
}
