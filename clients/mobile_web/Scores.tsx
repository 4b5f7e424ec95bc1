// How the answers so far were judged; closed until somebody opens it, so that nobody answers with an eye on it.
import { t } from "../shared/words.ts";
import type { ScoreView } from "../shared/wire.gen.ts";

export function Scores({ scores }: { scores: readonly ScoreView[] }) {
  if (scores.length === 0) return null;
  return (
    <details class="scores">
      <summary>{t.scores.title}</summary>
      <ul>
        {scores.map((score) => (
          <li key={score.turn}>
            <Score score={score} />
          </li>
        ))}
      </ul>
      <p class="scores-note">{t.scores.note}</p>
    </details>
  );
}

function Score({ score }: { score: ScoreView }) {
  const { number } = score;
  if (score.band === null)
    return (
      <p>
        <b>{t.scores.answer(number)}</b> {t.scores.refused} {score.text}
      </p>
    );
  return (
    <>
      <p>
        <b>{t.scores.answer(number)}</b> {t.scores.band(score.band, score.rating)}
      </p>
      <ul class="score-bands">
        {score.bands.map(({ criterion, band }) => (
          <li key={criterion}>
            {criterion} <b class="tabular">{band}</b>
          </li>
        ))}
      </ul>
      {score.text !== "" && <p>{t.scores.next(score.text)}</p>}
    </>
  );
}
