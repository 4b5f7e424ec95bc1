// What a phone says for a notice of the booth.
import { isStillThere } from "../shared/notices.ts";
import { t } from "../shared/words.ts";
import type { Notice } from "../shared/wire.gen.ts";

/** A touch on the phone does not count as one on the booth. */
export function noticeText(notice: Notice): string {
  return isStillThere(notice) ? t.phone.stillThere : notice.text;
}
