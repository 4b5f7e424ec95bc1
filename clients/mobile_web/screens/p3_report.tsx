// P3: the first strength and next step, and the way to the whole report.
import { factText } from "../../shared/format.ts";
import { Icon } from "../../shared/ui/Icon.tsx";
import { t } from "../../shared/words.ts";
import type { ScreenProps } from "../App.tsx";

export function ReportCard({ booth, state }: ScreenProps) {
  const { report } = state;
  if (booth.view.value.hello?.role !== "phone") return <p class="waiting-text">{t.phone.viewerReport}</p>;
  if (report === null) return <p class="waiting-text">{t.report.notReady}</p>;
  return (
    <div class="report">
      <h2>{t.report.title}</h2>
      <section class="finding finding-strength">
        <h3>{t.report.strength}</h3>
        <p>{report.strength}</p>
      </section>
      <section class="finding">
        <h3>{t.report.nextStep}</h3>
        <p>{report.next_step}</p>
      </section>
      <dl class="facts">
        {report.facts.map((fact) => (
          <div key={fact.name} class="fact">
            <dt>{fact.label}</dt>
            <dd>
              {fact.value === null ? t.report.cannotTell : <b class="tabular">{factText(fact.value, fact.unit)}</b>}
              <span class="fact-coverage">{fact.value === null ? fact.reason : t.report.coverage(fact.coverage)}</span>
            </dd>
          </div>
        ))}
      </dl>
      {report.reading !== "none" && report.reading !== "failed" && (
        <p class="waiting-text" role="status">{report.reading === "pending" ? t.report.reading : t.report.reread}</p>
      )}
      {report.code !== "" && (
        <a class="button button-primary" href={`../r/${encodeURIComponent(report.code)}`}>
          <Icon name="arrow" />
          <span>{t.report.open}</span>
        </a>
      )}
    </div>
  );
}
