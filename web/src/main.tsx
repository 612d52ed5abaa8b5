import "./styles.css";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { createRoot } from "react-dom/client";
import i18next from "i18next";
import { ApiError } from "~/api/problem";
import { whenProofNeeded, whenSessionLost } from "~/api/client";
import { startI18n } from "~/lib/i18n";
import { askForProof } from "~/lib/proof";
import { loadOverlays } from "~/ui/late";
import { makeRouter } from "./routes";

const client = new QueryClient({
  defaultOptions: {
    queries: {
      // A denied or missing record stays so; a server that is away may come back.
      retry: (failures, error) => failures < 2 && error instanceof ApiError && (error.isOffline || error.status === 503),
      refetchOnWindowFocus: true,
      staleTime: 10_000,
    },
    mutations: { retry: false },
  },
});

whenSessionLost(() => client.setQueryData(["me"], null));
whenProofNeeded(async () => ((await askForProof()) ? null : i18next.t("auth.fresh.declined")));

const router = makeRouter(client);
const root = document.getElementById("root");
if (root) {
  void startI18n().then(() =>
    createRoot(root).render(
      <QueryClientProvider client={client}>
        <RouterProvider router={router} />
      </QueryClientProvider>,
    ),
  );
  // What the first screen does not need comes when the browser has nothing better to do.
  const idle = window.requestIdleCallback ?? ((action: () => void) => setTimeout(action, 1500));
  idle(() => void loadOverlays(), { timeout: 4000 });
}
