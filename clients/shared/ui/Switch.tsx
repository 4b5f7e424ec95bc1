// An on/off switch that says what it changes.

interface SwitchProps {
  readonly label: string;
  readonly effect?: string;
  readonly isOn: boolean;
  readonly words: readonly [on: string, off: string];
  readonly onChange: (isOn: boolean) => void;
}

export function Switch({ label, effect, isOn, words, onChange }: SwitchProps) {
  return (
    <button type="button" class="switch" role="switch" aria-checked={isOn} onClick={() => onChange(!isOn)}>
      <span class="switch-words">
        <b>{label}</b>
        {effect && <span class="switch-effect">{effect}</span>}
      </span>
      <span class="switch-side" aria-hidden="true">
        <span class="switch-track">
          <span class="switch-knob" />
        </span>
        <span class="switch-state">{isOn ? words[0] : words[1]}</span>
      </span>
    </button>
  );
}
