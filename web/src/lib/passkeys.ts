/** Passkeys as browsers give them: options and answers are JSON with base64url where the browser wants bytes (WebAuthn Level 3, 5.1.8–10). */

type Json = Record<string, unknown>;

/** What went wrong where no answer came: the person gave up, or this browser or address cannot. */
export class NoPasskey extends Error {
  constructor(readonly why: "given_up" | "unsupported" | "wrong_address" | "known" | "failed") {
    super(why);
    this.name = "NoPasskey";
  }
}

export const hasPasskeys = (): boolean => typeof window.PublicKeyCredential === "function" && typeof navigator.credentials?.get === "function";

/** Whether the browser offers passkeys while one types the e-mail. */
export async function canFill(): Promise<boolean> {
  if (!hasPasskeys()) return false;
  return (await window.PublicKeyCredential.isConditionalMediationAvailable?.().catch(() => false)) ?? false;
}

/** Keys belong to a name; an address of numbers has none. */
export const isAddressOfNumbers = (): boolean => /^[\d.]+$|^\[/.test(window.location.hostname);

export async function makePasskey(options: Json): Promise<Json> {
  const user = options.user as Json;
  const publicKey = { ...options, challenge: bytes(options.challenge), user: { ...user, id: bytes(user.id) }, excludeCredentials: known(options.excludeCredentials) };
  const made = await asked(() => navigator.credentials.create({ publicKey: publicKey as unknown as PublicKeyCredentialCreationOptions }));
  const response = made.response as AuthenticatorAttestationResponse;
  return { ...frame(made), response: { clientDataJSON: text(response.clientDataJSON), attestationObject: text(response.attestationObject), transports: response.getTransports?.() } };
}

/** `fill`: waits until the person picks one where they type, and shows nothing before. */
export async function signByPasskey(options: Json, fill?: AbortSignal): Promise<Json> {
  const publicKey = { ...options, challenge: bytes(options.challenge), allowCredentials: known(options.allowCredentials) } as unknown as PublicKeyCredentialRequestOptions;
  const used = await asked(() => navigator.credentials.get({ publicKey, ...(fill ? { mediation: "conditional" as const, signal: fill } : {}) }));
  const response = used.response as AuthenticatorAssertionResponse;
  return {
    ...frame(used),
    response: {
      clientDataJSON: text(response.clientDataJSON),
      authenticatorData: text(response.authenticatorData),
      signature: text(response.signature),
      userHandle: response.userHandle ? text(response.userHandle) : undefined,
    },
  };
}

async function asked(run: () => Promise<Credential | null>): Promise<PublicKeyCredential> {
  if (!hasPasskeys()) throw new NoPasskey("unsupported");
  try {
    const answer = await run();
    if (!answer) throw new NoPasskey("given_up");
    return answer as PublicKeyCredential;
  } catch (error) {
    const name = error instanceof Error ? error.name : "";
    if (error instanceof NoPasskey) throw error;
    if (name === "NotAllowedError" || name === "AbortError") throw new NoPasskey("given_up");
    if (name === "SecurityError") throw new NoPasskey("wrong_address");
    if (name === "InvalidStateError") throw new NoPasskey("known");
    throw new NoPasskey("failed");
  }
}

const frame = (credential: PublicKeyCredential): Json => ({ id: credential.id, rawId: text(credential.rawId), type: credential.type, clientExtensionResults: {} });
const known = (list: unknown) => (Array.isArray(list) ? (list as Json[]).map((one) => ({ ...one, id: bytes(one.id) })) : []);

function bytes(base64url: unknown): Uint8Array<ArrayBuffer> {
  const plain = atob(String(base64url).replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}
function text(buffer: ArrayBuffer): string {
  const plain = Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join("");
  return btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}
