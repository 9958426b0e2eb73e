/** What the page says, in the languages that it speaks. */

import de from "./texts/de.js";
import en from "./texts/en.js";
import es from "./texts/es.js";
import fr from "./texts/fr.js";

const TEXTS = { en, de, es, fr };

/** The language to begin with: the one asked for, else the browser's first that the page speaks. */
export function pickLocale(asked, preferred = navigator.languages) {
  const languages = [asked, ...preferred].map((tag) => (tag ?? "").split("-")[0].toLowerCase());
  return languages.find((language) => language in TEXTS) ?? "en";
}

/** Says things in one language. */
export class Speaker {
  constructor(locale) {
    this.locale = locale;
    this.plurals = new Intl.PluralRules(locale);
  }

  /** A text with its {places} filled; of a plural text the form for `n`. */
  say(key, values = {}) {
    const text = TEXTS[this.locale][key];
    const form = typeof text === "string" ? text : (text[this.plurals.select(values.n)] ?? text.other);
    return form.replace(/\{(\w+)\}/g, (_, name) =>
      typeof values[name] === "number" ? this.number(values[name]) : values[name],
    );
  }

  number(value) {
    return new Intl.NumberFormat(this.locale, { maximumFractionDigits: 1 }).format(value);
  }

  /** A rating from 1 to 5, always with its tenths. */
  rating(value) {
    return value.toLocaleString(this.locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
  }

  /** An amount in a decimal string; whole amounts without cents. */
  price(amount, currency) {
    const whole = Number.isInteger(Number(amount));
    return new Intl.NumberFormat(this.locale, {
      style: "currency",
      currency,
      currencyDisplay: "narrowSymbol",
      ...(whole && { maximumFractionDigits: 0, minimumFractionDigits: 0 }),
    }).format(amount);
  }

  distance(metres) {
    const far = metres >= 950;
    return new Intl.NumberFormat(this.locale, {
      style: "unit",
      unit: far ? "kilometer" : "meter",
      maximumFractionDigits: far ? 1 : 0,
    }).format(far ? metres / 1000 : Math.round(metres / 10) * 10);
  }

  /** The days of a stay, such as "Apr 9 – 10, 2015". */
  days({ inDate, outDate }) {
    const format = new Intl.DateTimeFormat(this.locale, { dateStyle: "medium", timeZone: "UTC" });
    return format.formatRange(new Date(inDate), new Date(outDate));
  }

  /** Put the page's own words into this language. */
  translate(root) {
    root.documentElement.lang = this.locale;
    for (const part of root.querySelectorAll("[data-text]")) {
      part.textContent = this.say(part.dataset.text);
    }
    for (const part of root.querySelectorAll("[data-placeholder]")) {
      part.placeholder = this.say(part.dataset.placeholder);
    }
    for (const part of root.querySelectorAll("[data-label]")) {
      part.setAttribute("aria-label", this.say(part.dataset.label));
    }
  }
}
