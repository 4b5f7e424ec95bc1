// One choice out of a few, as large tiles over native radio buttons.
import type { ComponentChildren } from "preact";

export interface Option<T> {
  readonly value: T;
  readonly label: string;
  readonly detail?: string;
  readonly picture?: ComponentChildren;
}

interface ChoiceProps<T extends string | number> {
  readonly legend: string;
  readonly name: string;
  readonly value: T;
  readonly options: readonly Option<T>[];
  readonly onChoose: (value: T) => void;
  readonly kind?: string;
  /** Whether the legend is seen, or only heard. */
  readonly isLegendSeen?: boolean;
}

export function Choice<T extends string | number>({ legend, name, value, options, onChoose, kind = "", isLegendSeen = true }: ChoiceProps<T>) {
  return (
    <fieldset class={`choice ${kind}`}>
      <legend class={isLegendSeen ? "choice-legend" : "unseen"}>{legend}</legend>
      <div class="choice-options">
        {options.map((option) => (
          <label key={option.value} class="choice-option">
            <input type="radio" name={name} checked={option.value === value} onChange={() => onChoose(option.value)} />
            <span class="choice-face">
              {option.picture}
              <span class="choice-words">
                <b>{option.label}</b>{" "}
                {option.detail && <span class="choice-detail">{option.detail}</span>}
              </span>
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
