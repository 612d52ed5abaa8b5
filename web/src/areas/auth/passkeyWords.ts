import { asApiError } from "~/api/problem";
import { NoPasskey } from "~/lib/passkeys";

type Say = (key: string, values?: Record<string, unknown>) => string;

/** Why a passkey did not work, in words; null where the person gave up themselves. */
export function passkeyError(thrown: unknown, t: Say): string | null {
  if (thrown instanceof NoPasskey) return thrown.why === "given_up" ? null : t(`auth.passkey.${thrown.why}`);
  const problem = asApiError(thrown);
  if (problem.isOffline) return t("state.error.offline");
  if (problem.status === 429) return t("auth.tooMany", { count: Math.max(1, Math.ceil((problem.retryAfter ?? 60) / 60)) });
  if (problem.code === "bad_passkey" || problem.errors[0]?.code === "bad_passkey") return t("auth.passkey.bad");
  if (problem.code === "passkey_copied") return t("auth.passkey.copied");
  if (problem.code === "passkeys_unavailable") return t("auth.passkey.wrong_address");
  return problem.errors[0]?.detail || problem.detail || t("state.error.server");
}
