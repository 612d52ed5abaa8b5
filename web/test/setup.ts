import { cleanup } from "@testing-library/react";
import { afterEach, beforeAll, vi } from "vitest";
import { setPreferences } from "~/lib/preferences";
import { startI18n } from "~/lib/i18n";

// jsdom lacks what the component kit asks of every browser.
if (!globalThis.CSS?.escape) Object.assign(globalThis, { CSS: { escape: (text: string) => text.replace(/[^a-zA-Z0-9_-]/g, "\\$&") } });
window.matchMedia ??= (query: string) => ({ matches: false, media: query, onchange: null, addEventListener: vi.fn(), removeEventListener: vi.fn(), addListener: vi.fn(), removeListener: vi.fn(), dispatchEvent: () => false });
Element.prototype.scrollIntoView ??= () => undefined;
globalThis.ResizeObserver ??= class {
  observe(): void {}
  unobserve(): void {}
  disconnect(): void {}
};

beforeAll(async () => {
  setPreferences({ language: "en" });
  await startI18n();
});
afterEach(cleanup);
