import { queryOptions } from "@tanstack/react-query";
import { call, get, pathWithQuery, post, setCsrfToken } from "./client";
import { ApiError } from "./problem";
import type { Rights, Session } from "./types";

/** Null when nobody is signed in: that is an answer, not a failure. */
export const sessionQuery = queryOptions({
  queryKey: ["me"],
  queryFn: async (): Promise<Session | null> => {
    try {
      const session = await call<Session>("GET", "/me", { signingIn: true });
      setCsrfToken(session.csrf_token);
      return session;
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) return null;
      throw error;
    }
  },
  staleTime: 5 * 60_000,
});

export const rightsQuery = queryOptions({
  queryKey: ["me", "rights"],
  queryFn: ({ signal }) => get<Rights>("/me/rights", undefined, signal),
  staleTime: 60_000,
});

export async function signIn(email: string, password: string, code?: string): Promise<void> {
  const answer = await post<{ csrf_token: string }>("/auth/login", { email, password, ...(code ? { code } : {}) }, { signingIn: true });
  setCsrfToken(answer.csrf_token);
}

export interface SignInProvider {
  id: string;
  label: string;
}

/** Where one can sign in instead of typing a password; nobody is told of a failure, the password is still there. */
export const providersQuery = queryOptions({
  queryKey: ["sign-in-providers"],
  queryFn: async () => (await call<{ items: SignInProvider[] }>("GET", "/auth/providers", { signingIn: true })).items,
  staleTime: 5 * 60_000,
  retry: false,
});

/** The browser itself goes there, and comes back to where it was. */
export const providerAddress = (id: string, next: string): string => pathWithQuery(`/auth/oidc/${encodeURIComponent(id)}/start`, { next });

export async function signOut(): Promise<void> {
  await post("/auth/logout");
  setCsrfToken("");
}

export const changePassword = (old: string, fresh: string): Promise<unknown> => post("/auth/password", { old, new: fresh });

export interface SignedInDevice {
  id: string;
  created_at: string;
  last_seen_at?: string | null;
  user_agent?: string | null;
  ip?: string | null;
  current?: boolean;
}

export interface ApiToken {
  id: string;
  name: string;
  scopes?: string[];
  created_at?: string;
  expires_at?: string | null;
  last_used_at?: string | null;
}

export const devices = () => get<{ items: SignedInDevice[] }>("/auth/sessions");
export const revokeDevice = (id: string) => call("DELETE", `/auth/sessions/${id}`);
export const tokens = () => get<{ items: ApiToken[] }>("/auth/tokens");
export const createToken = (name: string, days: number, scopes: string[]) => post<{ token: string }>("/auth/tokens", { name, days, scopes });
export const revokeToken = (id: string) => call("DELETE", `/auth/tokens/${id}`);
export const startTotp = () => post<{ secret: string; uri: string }>("/auth/totp");
export const confirmTotp = (code: string) => post<{ recovery_codes?: string[] }>("/auth/totp/confirmation", { code });
export const removeTotp = (password: string) => call("DELETE", "/auth/totp", { body: { password } });
