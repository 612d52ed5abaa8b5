import { defineConfig } from "vitest/config";
import react from "@vitejs/plugin-react";
import { textsInTwo } from "./build/texts";

export default defineConfig({
  plugins: [textsInTwo(new URL("./src", import.meta.url).pathname), react()],
  resolve: { alias: { "~": new URL("./src", import.meta.url).pathname } },
  test: { environment: "jsdom", include: ["test/**/*.test.{ts,tsx}"], setupFiles: ["test/setup.ts"], restoreMocks: true },
});
