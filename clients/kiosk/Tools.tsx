// The corner of every screen: display settings.
import { useSignal } from "@preact/signals";
import type { Booth } from "../shared/live.ts";
import { DENSITIES, density, lessMovement, nextDensity, textSize, theme } from "../shared/prefs.ts";
import { Button } from "../shared/ui/Button.tsx";
import { Choice } from "../shared/ui/Choice.tsx";
import { Dialog } from "../shared/ui/Dialog.tsx";
import { Icon } from "../shared/ui/Icon.tsx";
import { Switch } from "../shared/ui/Switch.tsx";
import { t } from "../shared/words.ts";
import { BoothDetails } from "./BoothDetails.tsx";

export function Tools({ booth, hasDensity = false }: { booth: Booth; hasDensity?: boolean }) {
  const isOpen = useSignal(false);
  return (
    <div class="tools">
      {hasDensity && (
        <button type="button" class="tool" aria-label={t.densityButton[density.value]} onClick={nextDensity}>
          <Icon name={density.value === "captions" ? "gauge" : "captions"} />
        </button>
      )}
      <button type="button" class="tool" aria-label={t.display.button} onClick={() => (isOpen.value = true)}>
        <span aria-hidden="true">Aa</span>
      </button>
      {isOpen.value && <DisplayDialog booth={booth} onClose={() => (isOpen.value = false)} />}
    </div>
  );
}

function DisplayDialog({ booth, onClose }: { booth: Booth; onClose: () => void }) {
  return (
    <Dialog title={t.display.title} onClose={onClose} kind="dialog-display">
      <div class="display-choices">
        <Choice
          legend={t.display.size}
          name="size"
          value={textSize.value}
          options={t.display.sizes.map((label, value) => ({ value, label }))}
          onChoose={(value) => (textSize.value = value)}
        />
        <Choice
          legend={t.display.theme}
          name="theme"
          value={theme.value}
          options={(["dark", "light"] as const).map((value) => ({ value, label: t.display.themes[value] }))}
          onChoose={(value) => (theme.value = value)}
        />
        <Choice
          legend={t.display.density}
          name="density"
          value={density.value}
          options={DENSITIES.map((value) => ({ value, label: t.display.densities[value] }))}
          onChoose={(value) => (density.value = value)}
        />
        <Switch
          label={t.display.movement}
          isOn={lessMovement.value}
          words={[t.consent.on, t.consent.off]}
          onChange={(isOn) => (lessMovement.value = isOn)}
        />
      </div>
      <BoothDetails booth={booth} />
      <div class="dialog-buttons" data-actions="">
        <Button kind="primary" onPress={onClose}>
          {t.button.close}
        </Button>
      </div>
    </Dialog>
  );
}
