// K10: one strength, one next step, four facts, and the way to take the report along.
import { factText } from "../../shared/format.ts";
import { Button } from "../../shared/ui/Button.tsx";
import { Qr } from "../../shared/ui/Qr.tsx";
import { StateRing } from "../../shared/ui/StateRing.tsx";
import { t } from "../../shared/words.ts";
import type { Fact, ReportView } from "../../shared/wire.gen.ts";
import type { ScreenProps } from "../App.tsx";
import { EndButton } from "../EndButton.tsx";
import { Notices } from "../Notices.tsx";
import { Tools } from "../Tools.tsx";

const SHOWN_FACTS = 4;

export function Report({ booth, state }: ScreenProps) {
  return (
    <div class="form form-report">
      <header class="form-head">
        <h1 tabIndex={-1}>{t.report.title}</h1>
        <Tools booth={booth} />
      </header>
      {state.report === null ? (
        <p class="report-wait">
          <StateRing word="thinking" />
          {t.report.notReady}
        </p>
      ) : (
        <ReportBody report={state.report} />
      )}
      <Notices booth={booth} state={state} />
      <footer class="form-foot" data-actions="">
        <EndButton booth={booth} state={state} />
        <Button
          kind="primary"
          icon="check"
          isDisabled={!state.allowed.includes("continue")}
          isBusy={booth.busy.value === "continue"}
          onPress={() => booth.send({ type: "continue" })}
        >
          {t.report.finish}
        </Button>
      </footer>
    </div>
  );
}

function ReportBody({ report }: { report: ReportView }) {
  return (
    <div class="report-body">
      <section class="finding finding-strength">
        <h2 class="eyebrow">{t.report.strength}</h2>
        <p>{report.strength}</p>
      </section>
      <section class="finding">
        <h2 class="eyebrow">{t.report.nextStep}</h2>
        <p>{report.next_step}</p>
      </section>
      <dl class="facts">
        {report.facts.slice(0, SHOWN_FACTS).map((fact) => (
          <FactTile key={fact.name} fact={fact} />
        ))}
      </dl>
      <aside class="take" aria-label={t.report.take}>
        <h2>{t.report.take}</h2>
        {report.url === "" ? <ByHand session={report.session} /> : <ByPhone report={report} />}
      </aside>
    </div>
  );
}

function ByPhone({ report }: { report: ReportView }) {
  return (
    <>
      <Qr rows={report.qr} label={report.url} />
      <Address url={report.url} />
    </>
  );
}

function ByHand({ session }: { session: string }) {
  return (
    <>
      <p>{t.report.offline}</p>
      <p class="small">
        {t.unavailable.code}: <Command line={t.report.command(session)} />
      </p>
    </>
  );
}

/** Never breaks within a word, as a browser would after the dashes of an option. */
function Command({ line }: { line: string }) {
  return (
    <code class="take-command">
      {line.split(" ").map((word, k) => (
        <span key={k}>
          {k > 0 && " "}
          <span class="take-command-word">{word}</span>
        </span>
      ))}
    </code>
  );
}

/** Without the scheme, breaking only before the port and the path. */
function Address({ url }: { url: string }) {
  const pieces = url.replace(/^https?:\/\//, "").split(/(?=:|\/r\/)/);
  return (
    <p class="take-address">
      {pieces.map((piece, k) => (
        <span key={k}>
          {k > 0 && <wbr />}
          {piece}
        </span>
      ))}
    </p>
  );
}

function FactTile({ fact }: { fact: Fact }) {
  const isKnown = fact.value !== null;
  return (
    <div class={`fact ${isKnown ? "" : "fact-unknown"}`}>
      <dt>{fact.label}</dt>
      <dd class="fact-coverage">{isKnown ? <Coverage share={fact.coverage} /> : t.report.cannotTell}</dd>
      <dd class="fact-value tabular">{fact.value === null ? fact.reason : factText(fact.value, fact.unit)}</dd>
    </div>
  );
}

function Coverage({ share }: { share: number }) {
  return (
    <>
      <span aria-hidden="true">{t.report.coverage(share)}</span>
      <span class="unseen">{t.report.coverageSpoken(share)}</span>
    </>
  );
}
