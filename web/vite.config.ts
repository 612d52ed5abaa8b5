import { defineConfig } from "vite";
import react from "@vitejs/plugin-react";
import tailwindcss from "@tailwindcss/vite";
import { compressed } from "./build/compressed";
import { onlyOurLanguages } from "./build/languages";
import { textsInTwo } from "./build/texts";

const src = new URL("./src", import.meta.url).pathname;
const server = process.env.RAPPORT_SERVER ?? "http://127.0.0.1:8080";

export default defineConfig({
  plugins: [textsInTwo(src), react(), tailwindcss(), onlyOurLanguages(["en-US", "de-DE"]), compressed()],
  resolve: { alias: { "~": src } },
  server: { port: 5173, proxy: { "/api": { target: server, changeOrigin: false } } },
  build: {
    target: "es2022", assetsInlineLimit: 0, reportCompressedSize: false, chunkSizeWarningLimit: 800,
    // Small modules that several screens share in one file, and their icons in another: alone each costs as much for its
    // frame as for its lines.
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: "icons", test: /lucide-react/, minShareCount: 2 }, { name: "base", test: /\/src\/(lib|api|metadata)\//, minShareCount: 6 }] } } },
  },
});
