// The phone page: a remote display of the booth with a few buttons.
import { render } from "preact";
import { Booth } from "../shared/live.ts";
import { applyPrefs, theme } from "../shared/prefs.ts";
import "../shared/tokens.css";
import "./mobile.css";
import { App } from "./App.tsx";
import { rememberAsked } from "./asked.ts";
import { forgetWithSession } from "./preparation.ts";

const address = new URL("../ws?role=phone", location.href);
address.protocol = address.protocol.replace("http", "ws");
const booth = new Booth("phone", address.href);

theme.value = "system";
applyPrefs();
const root = document.getElementById("app");
rememberAsked(booth);
forgetWithSession(booth);
if (root) render(<App booth={booth} />, root);
booth.start();
