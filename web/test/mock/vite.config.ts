import { mergeConfig, type Plugin } from "vite";
import base from "../../vite.config";
import { answer } from "./server";

/** `npm run mock`: the screens with an invented world in memory, for work on them without a server. */
const mock: Plugin = {
  name: "rapport-mock",
  configureServer(server) {
    server.middlewares.use((request, response, next) => {
      if (!request.url?.startsWith("/api/")) return next();
      const parts: Buffer[] = [];
      request.on("data", (part: Buffer) => parts.push(part));
      request.on("end", () => answer(request.method ?? "GET", request.url ?? "", Buffer.concat(parts).toString(), request.headers, response));
    });
  },
};

export default mergeConfig(base, { plugins: [mock], server: { port: 5199, proxy: undefined } });
