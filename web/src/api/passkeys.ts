import { makePasskey, signByPasskey } from "~/lib/passkeys";
import { call, get, post, setCsrfToken } from "./client";

export interface Passkey {
  id: string;
  name: string;
  created_at: string;
  last_used_at: string | null;
  /** When it was refused because there may be a copy of it. */
  suspect_at: string | null;
}

interface Asked {
  challenge: string;
  options: Record<string, unknown>;
}

/** By what this session can prove again whose it is. */
export interface Means {
  password: boolean;
  code: boolean;
  passkey: boolean;
}

export const passkeys = () => get<{ items: Passkey[]; origin: string | null }>("/auth/passkeys");
export const renamePasskey = (id: string, name: string) => call("PATCH", `/auth/passkeys/${id}`, { body: { name } });
export const removePasskey = (id: string) => call("DELETE", `/auth/passkeys/${id}`);

export async function addPasskey(name: string): Promise<void> {
  const asked = await post<Asked>("/auth/passkeys");
  const credential = await makePasskey(asked.options);
  await post("/auth/passkeys/registration", { challenge: asked.challenge, name, credential });
}

/** `fill`: offered where the e-mail is typed, until that is given up. */
export async function signInByPasskey(fill?: AbortSignal): Promise<void> {
  const asked = await post<Asked>("/auth/login/passkey", {}, { signingIn: true, signal: fill });
  const credential = await signByPasskey(asked.options, fill);
  const answer = await post<{ csrf_token: string }>("/auth/login/passkey/answer", { challenge: asked.challenge, credential }, { signingIn: true });
  setCsrfToken(answer.csrf_token);
}

export const means = () => get<Means>("/auth/fresh");
export const proveByPassword = (password: string, code?: string) => post("/auth/fresh", { password, ...(code ? { code } : {}) });
export async function proveByPasskey(): Promise<void> {
  const asked = await post<Asked>("/auth/fresh/passkey");
  const credential = await signByPasskey(asked.options);
  await post("/auth/fresh", { challenge: asked.challenge, credential });
}
