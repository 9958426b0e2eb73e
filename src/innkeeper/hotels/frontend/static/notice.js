import { element } from "./dom.js";

/** What the page says instead of hotels: nothing free, or no answer. */
export class Notice {
  constructor(root) {
    this.root = root;
    this.timer = null;
  }

  clear() {
    clearInterval(this.timer);
    this.root.replaceChildren();
  }

  /** No hotel was found; `text` says where and when, `ways` are what may help: label and action. */
  showEmpty(title, text, ways) {
    this.clear();
    this.root.append(
      element(
        "div",
        { class: "empty" },
        element("h2", {}, title),
        element("p", {}, text),
        element("p", { class: "row" }, ways.map(([label, action]) => button(label, action))),
      ),
    );
  }

  /** The request failed. Asks again by itself when the server said when, and on a click. */
  showProblem(problem, speaker, onRetry) {
    this.clear();
    const retry = () => {
      this.clear();
      onRetry();
    };
    const theirFault = problem.status >= 400 && problem.status < 500;
    const countdown = element("span", { class: "muted small", "aria-live": "off" });
    this.root.append(
      element(
        "div",
        { class: `notice notice--${theirFault ? "warn" : "error"} stack` },
        element("h2", {}, speaker.say(theirFault ? "badInput" : "failed")),
        element("p", {}, problem.message || speaker.say("unreachable")),
        !theirFault && element("p", { class: "row" }, button(speaker.say("retry"), retry), countdown),
      ),
    );
    if (problem.retryAfter !== null && !theirFault) {
      this.#countDown(problem.retryAfter, (n) => {
        countdown.textContent = speaker.say("retryIn", { n });
      }, retry);
    }
  }

  #countDown(seconds, tell, done) {
    let left = seconds;
    tell(left);
    this.timer = setInterval(() => {
      left -= 1;
      if (left > 0) tell(left);
      else done();
    }, 1000);
  }
}

function button(text, onclick) {
  return element("button", { type: "button", class: "button button--small", onclick }, text);
}
