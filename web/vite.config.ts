import { defineConfig } from "vite";
import react from "@vitejs/plugin-react";
import tailwindcss from "@tailwindcss/vite";
import { compressed } from "./build/compressed";
import { onlyOurLanguages } from "./build/languages";

const server = process.env.RAPPORT_SERVER ?? "http://127.0.0.1:8080";

export default defineConfig({
  plugins: [react(), tailwindcss(), onlyOurLanguages(["en-US", "de-DE"]), compressed()],
  resolve: { alias: { "~": new URL("./src", import.meta.url).pathname } },
  server: { port: 5173, proxy: { "/api": { target: server, changeOrigin: false } } },
  build: { target: "es2022", assetsInlineLimit: 0, reportCompressedSize: false, chunkSizeWarningLimit: 800 },
});
