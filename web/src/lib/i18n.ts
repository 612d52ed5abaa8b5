import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import { preferences, type Language } from "./preferences";

/** The languages that are complete; a test compares their keys. */
export const LANGUAGES: { value: Language; label: string }[] = [
  { value: "en", label: "English" },
  { value: "de", label: "Deutsch" },
];

let whole = false;

/** The texts of what one begins with first; those of other screens come with the first of them (`screen`). */
async function load(language: Language): Promise<void> {
  if (!i18next.hasResourceBundle(language, "model")) {
    const [texts, model] = await Promise.all(
      language === "de"
        ? [import("./locales/de.json?frame"), import("./locales/de-model.json")]
        : [import("./locales/en.json?frame"), Promise.resolve({ default: {} as Record<string, string> })],
    );
    i18next.addResourceBundle(language, "translation", texts.default);
    i18next.addResourceBundle(language, "model", model.default);
  }
  if (whole) await loadRest(language);
}

async function loadRest(language: Language): Promise<void> {
  const rest = await (language === "de" ? import("./locales/de.json?rest") : import("./locales/en.json?rest"));
  i18next.addResourceBundle(language, "translation", rest.default, true);
}

/** A part that is loaded later, with the texts it needs: nothing may be drawn before they are there. */
export async function screen<Module>(module: Promise<Module>): Promise<Module> {
  whole = true;
  const [loaded] = await Promise.all([module, loadRest(preferences().language)]);
  return loaded;
}

export async function startI18n(): Promise<void> {
  const language = preferences().language;
  await i18next.use(initReactI18next).init({
    lng: language,
    fallbackLng: false,
    keySeparator: false,
    nsSeparator: false,
    resources: {},
    interpolation: { escapeValue: false }, // React escapes
    returnNull: false,
  });
  await load(language);
  await i18next.changeLanguage(language);
  document.documentElement.lang = language;
}

export async function changeLanguage(language: Language): Promise<void> {
  await load(language);
  await i18next.changeLanguage(language);
}

/**
 * The word for a label of a definition. Definitions carry one label; for those that come with Rapport there is a
 * translation, and a label that an administrator wrote is shown as written.
 */
export function modelLabel(label: string): string {
  return i18next.t(label, { ns: "model", defaultValue: label });
}

/** The same inside a sentence: English writes it small there ("New opportunity"), German does not. */
export function modelWord(label: string): string {
  const word = modelLabel(label);
  if (preferences().language !== "en" || /^\p{Lu}{2}/u.test(word)) return word;
  return word.charAt(0).toLocaleLowerCase("en") + word.slice(1);
}

export const t = i18next.t.bind(i18next);
