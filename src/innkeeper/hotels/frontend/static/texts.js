/** What the page says, in the languages that it speaks. */

const TEXTS = {
  en: {
    skip: "Skip to the hotels",
    pages: "Pages",
    map: "Map",
    registry: "Registry",
    traces: "Traces",
    api: "API",
    title: "San Francisco, tonight or any night",
    arrive: "Arrive",
    leave: "Leave",
    language: "Language",
    search: "Find rooms",
    hotels: "Hotels",
    mapLabel: "Map of the hotels",
    searching: "Looking for rooms …",
    found: { one: "{n} hotel has a room", other: "{n} hotels have a room" },
    nights: { one: "{n} night", other: "{n} nights" },
    perStay: { one: "for the night", other: "for {n} nights" },
    adults: { one: "{n} adult", other: "up to {n} adults" },
    from: "from {price}",
    fromCentre: "{distance} from the center",
    rated: "Rated {n} of 5",
    rooms: "Rooms",
    emptyTitle: "No hotel can be booked for this stay",
    emptyText: "Every house nearby is full or closed on one of these nights. Try other dates.",
    nextDay: "One day later",
    failed: "The hotels did not answer",
    unreachable: "This server cannot be reached. Is it still running?",
    badInput: "These dates cannot be asked for",
    retry: "Try again",
    retryIn: "Trying again in {n} s …",
    answered: "Answered in {n} ms.",
    followTrace: "Follow this request",
    mapFailed: "The map could not be loaded. The list has every hotel.",
    ownMap: "Base map: Innkeeper, drawn by hand",
    zoomIn: "Zoom in",
    zoomOut: "Zoom out",
    close: "Close",
  },
  de: {
    skip: "Zu den Hotels springen",
    pages: "Seiten",
    map: "Karte",
    registry: "Registry",
    traces: "Traces",
    api: "API",
    title: "San Francisco, heute oder jede andere Nacht",
    arrive: "Anreise",
    leave: "Abreise",
    language: "Sprache",
    search: "Zimmer suchen",
    hotels: "Hotels",
    mapLabel: "Karte der Hotels",
    searching: "Zimmer werden gesucht …",
    found: { one: "{n} Hotel hat ein Zimmer", other: "{n} Hotels haben ein Zimmer" },
    nights: { one: "{n} Nacht", other: "{n} Nächte" },
    perStay: { one: "für die Nacht", other: "für {n} Nächte" },
    adults: { one: "{n} Person", other: "bis zu {n} Personen" },
    from: "ab {price}",
    fromCentre: "{distance} zur Stadtmitte",
    rated: "Bewertet mit {n} von 5",
    rooms: "Zimmer",
    emptyTitle: "Für diesen Aufenthalt ist kein Hotel buchbar",
    emptyText: "Alle Häuser sind in einer dieser Nächte belegt oder geschlossen. Andere Daten helfen.",
    nextDay: "Einen Tag später",
    failed: "Die Hotels haben nicht geantwortet",
    unreachable: "Dieser Server ist nicht erreichbar. Läuft er noch?",
    badInput: "Nach diesen Daten kann nicht gesucht werden",
    retry: "Noch einmal versuchen",
    retryIn: "Neuer Versuch in {n} s …",
    answered: "Beantwortet in {n} ms.",
    followTrace: "Dieser Anfrage folgen",
    mapFailed: "Die Karte konnte nicht geladen werden. Die Liste zeigt alle Hotels.",
    ownMap: "Grundkarte: Innkeeper, von Hand gezeichnet",
    zoomIn: "Vergrößern",
    zoomOut: "Verkleinern",
    close: "Schließen",
  },
  es: {
    skip: "Ir a los hoteles",
    pages: "Páginas",
    map: "Mapa",
    registry: "Registro",
    traces: "Trazas",
    api: "API",
    title: "San Francisco, esta noche o cualquier otra",
    arrive: "Llegada",
    leave: "Salida",
    language: "Idioma",
    search: "Buscar",
    hotels: "Hoteles",
    mapLabel: "Mapa de los hoteles",
    searching: "Buscando habitaciones …",
    found: { one: "{n} hotel tiene habitación", other: "{n} hoteles tienen habitación" },
    nights: { one: "{n} noche", other: "{n} noches" },
    perStay: { one: "por la noche", other: "por {n} noches" },
    adults: { one: "{n} adulto", other: "hasta {n} adultos" },
    from: "desde {price}",
    fromCentre: "a {distance} del centro",
    rated: "Valoración: {n} de 5",
    rooms: "Habitaciones",
    emptyTitle: "Ningún hotel está disponible para esta estancia",
    emptyText: "Todos están llenos o cerrados alguna de estas noches. Pruebe otras fechas.",
    nextDay: "Un día después",
    failed: "Los hoteles no han respondido",
    unreachable: "No se puede acceder a este servidor. ¿Sigue en marcha?",
    badInput: "No se pueden consultar estas fechas",
    retry: "Reintentar",
    retryIn: "Nuevo intento en {n} s …",
    answered: "Respondido en {n} ms.",
    followTrace: "Seguir esta petición",
    mapFailed: "No se pudo cargar el mapa. La lista contiene todos los hoteles.",
    ownMap: "Mapa base: Innkeeper, dibujado a mano",
    zoomIn: "Acercar",
    zoomOut: "Alejar",
    close: "Cerrar",
  },
  fr: {
    skip: "Aller aux hôtels",
    pages: "Pages",
    map: "Carte",
    registry: "Registre",
    traces: "Traces",
    api: "API",
    title: "San Francisco, ce soir ou n’importe quand",
    arrive: "Arrivée",
    leave: "Départ",
    language: "Langue",
    search: "Rechercher",
    hotels: "Hôtels",
    mapLabel: "Carte des hôtels",
    searching: "Recherche de chambres …",
    found: { one: "{n} hôtel a une chambre", other: "{n} hôtels ont une chambre" },
    nights: { one: "{n} nuit", other: "{n} nuits" },
    perStay: { one: "pour la nuit", other: "pour {n} nuits" },
    adults: { one: "{n} adulte", other: "jusqu’à {n} adultes" },
    from: "dès {price}",
    fromCentre: "à {distance} du centre",
    rated: "Note : {n} sur 5",
    rooms: "Chambres",
    emptyTitle: "Aucun hôtel n’est disponible pour ce séjour",
    emptyText: "Tous sont complets ou fermés l’une de ces nuits. Essayez d’autres dates.",
    nextDay: "Un jour plus tard",
    failed: "Les hôtels n’ont pas répondu",
    unreachable: "Ce serveur est injoignable. Tourne-t-il encore ?",
    badInput: "Ces dates ne peuvent pas être demandées",
    retry: "Réessayer",
    retryIn: "Nouvel essai dans {n} s …",
    answered: "Réponse en {n} ms.",
    followTrace: "Suivre cette requête",
    mapFailed: "La carte n’a pas pu être chargée. La liste contient tous les hôtels.",
    ownMap: "Fond de carte : Innkeeper, dessiné à la main",
    zoomIn: "Zoom avant",
    zoomOut: "Zoom arrière",
    close: "Fermer",
  },
};

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
    for (const part of root.querySelectorAll("[data-label]")) {
      part.setAttribute("aria-label", this.say(part.dataset.label));
    }
  }
}
