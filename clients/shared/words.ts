// * The locale in use.
import { en, type Messages } from "./locales/en.ts";

export const t: Messages = en;
