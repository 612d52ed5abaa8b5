import type { Plugin } from "vite";

const STRINGS_OF_THE_KIT = /[\\/]react-(?:aria|stately|aria-components)[\\/].*[\\/]intl[\\/].*[\\/]?([a-z]{2}-[A-Z]{2})\.(?:m?js|cjs)$/;

/**
 * The component kit ships its screen-reader strings in some thirty languages and imports all of them.
 * Rapport speaks only `languages`; the others become empty modules (about 60 kB compressed less).
 */
export function onlyOurLanguages(languages: string[]): Plugin {
  return {
    name: "rapport-only-our-languages",
    enforce: "pre",
    load(id) {
      const language = STRINGS_OF_THE_KIT.exec(id)?.[1];
      return language && !languages.includes(language) ? "export default {};" : null;
    },
  };
}
