import { defineConfig } from "vite";
import react from "@vitejs/plugin-react";
import tailwindcss from "@tailwindcss/vite";
import { compressed } from "./build/compressed";
import { onlyOurLanguages } from "./build/languages";
import { textsInTwo } from "./build/texts";

const src = new URL("./src", import.meta.url).pathname;
const server = process.env.RAPPORT_SERVER ?? "http://127.0.0.1:8080";

const BASE = /\/src\/(api\/(client|problem|records|session|stream)|lib\/(cx|format|i18n|ids|media|preferences|recent)|metadata\/(model|registry)|records\/shellContext|ui\/(Avatar|Button|Menu|Toasts|icons|late))\.tsx?$/;

export default defineConfig({
  plugins: [textsInTwo(src), react(), tailwindcss(), onlyOurLanguages(["en-US", "de-DE"]), compressed()],
  resolve: { alias: { "~": src } },
  server: { port: 5173, proxy: { "/api": { target: server, changeOrigin: false } } },
  build: {
    target: "es2022", assetsInlineLimit: 0, reportCompressedSize: false, chunkSizeWarningLimit: 800,
    // Icons that several screens show in one file, and the small parts of the frame in another: alone each costs as much for
    // its frame as for its lines.
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: "icons", test: /lucide-react/, minShareCount: 3 }, { name: "base", test: BASE }] } } },
  },
});
