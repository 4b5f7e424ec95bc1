// * Notices that a page treats in its own way.
import type { Notice } from "./wire.gen.ts";

/** The booth leaves its screen in 30 s unless somebody says `stay`. */
export function isStillThere(notice: Notice): boolean {
  return notice.code === "still-there";
}
