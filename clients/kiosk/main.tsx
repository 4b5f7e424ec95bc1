// The kiosk page: shows what the booth says, sends what the candidate touches.
import { render } from "preact";
import { Booth } from "../shared/live.ts";
import { applyPrefs } from "../shared/prefs.ts";
import "../shared/tokens.css";
import "../shared/avatar/face.css";
import "./styles/base.css";
import "./styles/buttons.css";
import "./styles/choices.css";
import "./styles/overlays.css";
import "./styles/calm.css";
import "./styles/forms.css";
import "./styles/sensor_check.css";
import "./styles/gaze_check.css";
import "./styles/interview.css";
import "./styles/report.css";
import "./styles/portrait.css";
import { App } from "./App.tsx";
import { listenToKeys } from "./keys.ts";
import { followPanel } from "./panel.ts";
import { sayThatSomebodyIsHere } from "./presence.ts";

const address = new URL("../ws?role=kiosk", location.href);
address.protocol = address.protocol.replace("http", "ws");
const booth = new Booth("kiosk", address.href);

applyPrefs();
followPanel(booth);
listenToKeys(() => {
  if (booth.state.peek()?.allowed.includes("end")) booth.send({ type: "end" });
});
sayThatSomebodyIsHere(booth);
document.addEventListener("contextmenu", (event) => event.preventDefault());
const root = document.getElementById("app");
if (root) render(<App booth={booth} />, root);
booth.start();
