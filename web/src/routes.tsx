import type { QueryClient } from "@tanstack/react-query";
import { createRootRouteWithContext, createRoute, createRouter, lazyRouteComponent, redirect } from "@tanstack/react-router";
import { Root } from "~/areas/shell/Root";
import { screen } from "~/lib/i18n";
import { NotFound, RouteError } from "~/areas/shell/RouteStates";
import { Home } from "~/areas/shell/Home";
import { parseLogSearch } from "~/areas/admin/log/search";
import { parseCalendarSearch } from "~/areas/calendar/search";
import { parseForecastSearch } from "~/areas/forecast/search";
import { parseListSearch } from "~/records/list/search";

/** The table of contents of the application. */
const root = createRootRouteWithContext<{ client: QueryClient }>()({ component: Root, notFoundComponent: NotFound, errorComponent: (props) => <RouteError {...props} /> });

const home = createRoute({ getParentRoute: () => root, path: "/", component: Home });
const myDay = createRoute({ getParentRoute: () => root, path: "/my-day", component: lazyRouteComponent(() => import("~/areas/myday/MyDay"), "MyDay") });
const calendar = createRoute({ getParentRoute: () => root, path: "/calendar", component: lazyRouteComponent(() => screen(import("~/areas/calendar/CalendarPage")), "CalendarPage"), validateSearch: parseCalendarSearch });
const list = createRoute({ getParentRoute: () => root, path: "/$object", component: lazyRouteComponent(() => import("~/records/list/ListPage"), "ListPage"), validateSearch: parseListSearch });
const record = createRoute({
  getParentRoute: () => root,
  path: "/$object/$id",
  component: lazyRouteComponent(() => import("~/records/detail/RecordPage"), "RecordPage"),
  validateSearch: (raw: Record<string, unknown>): { tab?: string } => (typeof raw.tab === "string" ? { tab: raw.tab } : {}),
});
const importStart = createRoute({
  getParentRoute: () => root,
  path: "/imports",
  component: lazyRouteComponent(() => screen(import("~/records/import/ImportPage")), "ImportStart"),
  validateSearch: (raw: Record<string, unknown>): { object?: string } => (typeof raw.object === "string" ? { object: raw.object } : {}),
});
const importRun = createRoute({ getParentRoute: () => root, path: "/imports/$importId", component: lazyRouteComponent(() => screen(import("~/records/import/ImportPage")), "ImportRun") });
const search = createRoute({
  getParentRoute: () => root,
  path: "/search",
  component: lazyRouteComponent(() => screen(import("~/records/search/SearchPage")), "SearchPage"),
  validateSearch: (raw: Record<string, unknown>): { q?: string } => (typeof raw.q === "string" || typeof raw.q === "number" ? { q: String(raw.q) } : {}),
});
// not "$object": that is the list which the sidebar shows as open
const duplicates = createRoute({ getParentRoute: () => root, path: "/duplicates/$matched", component: lazyRouteComponent(() => screen(import("~/records/duplicates/DuplicatesPage")), "DuplicatesPage") });
const forecast = createRoute({ getParentRoute: () => root, path: "/sales/forecast", component: lazyRouteComponent(() => screen(import("~/areas/forecast/ForecastPage")), "ForecastPage"), validateSearch: parseForecastSearch });
const settings = createRoute({ getParentRoute: () => root, path: "/settings", component: lazyRouteComponent(() => screen(import("~/areas/settings/SettingsPage")), "SettingsPage") });
const admin = createRoute({
  getParentRoute: () => root,
  path: "/admin",
  beforeLoad: ({ location }) => {
    if (location.pathname.replace(/\/$/, "") === "/admin") throw redirect({ to: "/admin/users" });
  },
});
const users = createRoute({ getParentRoute: () => admin, path: "/users", component: lazyRouteComponent(() => screen(import("~/areas/admin/UsersPage")), "UsersPage") });
const objects = createRoute({ getParentRoute: () => admin, path: "/objects", component: lazyRouteComponent(() => screen(import("~/areas/admin/ObjectsPage")), "ObjectsPage") });
const object = createRoute({ getParentRoute: () => admin, path: "/objects/$name", component: lazyRouteComponent(() => screen(import("~/areas/admin/ObjectPage")), "ObjectPage") });

const roles = createRoute({
  getParentRoute: () => admin,
  path: "/roles",
  component: lazyRouteComponent(() => screen(import("~/areas/admin/roles/RolesPage")), "RolesPage"),
  validateSearch: (raw: Record<string, unknown>): { role?: string; right?: string } => ({ ...(typeof raw.role === "string" ? { role: raw.role } : {}), ...(typeof raw.right === "string" ? { right: raw.right } : {}) }),
});
const backups = createRoute({ getParentRoute: () => admin, path: "/backups", component: lazyRouteComponent(() => screen(import("~/areas/admin/backups/BackupsPage")), "BackupsPage") });

const log = createRoute({ getParentRoute: () => admin, path: "/log", component: lazyRouteComponent(() => screen(import("~/areas/admin/log/LogPage")), "LogPage"), validateSearch: parseLogSearch });

const tree = root.addChildren([home, myDay, calendar, list, record, importStart, importRun, search, duplicates, forecast, settings, admin.addChildren([users, roles, objects, object, log, backups])]);

export function makeRouter(client: QueryClient) {
  return createRouter({ routeTree: tree, context: { client }, defaultPreload: "intent", defaultPreloadStaleTime: 0, scrollRestoration: false });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}
