import { KeyRound } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { signInByPasskey } from "~/api/passkeys";
import { asApiError } from "~/api/problem";
import { canFill, hasPasskeys, isAddressOfNumbers } from "~/lib/passkeys";
import { Button } from "~/ui/Button";
import { passkeyError } from "./passkeyWords";

/** Shorter than what the server asks can be answered. */
const RENEW_MS = 240_000;
const REFUSALS = ["bad_passkey", "passkey_copied", "too_many_tries"];

/** Signs in by a passkey: by a button, and where the browser can, from the list below the e-mail. */
export function PasskeySignIn({ onDone, onError }: { onDone: () => Promise<void>; onError: (words: string | null) => void }) {
  const { t } = useTranslation();
  const [busy, setBusy] = useState(false);
  const filling = useRef<AbortController | null>(null);
  const told = useRef({ onDone, onError, t });
  useEffect(() => {
    told.current = { onDone, onError, t };
  });
  // One question at a time: the button takes the place of the one that waits below the e-mail.
  const [waits, setWaits] = useState(true);
  useEffect(() => {
    if (!waits || isAddressOfNumbers()) return;
    let ended = false;
    const wait = async () => {
      if (!(await canFill())) return;
      while (!ended) {
        const round = new AbortController();
        filling.current = round;
        const renew = setTimeout(() => round.abort(), RENEW_MS);
        try {
          await signInByPasskey(round.signal);
          if (!ended) await told.current.onDone();
          return;
        } catch (error) {
          if (ended) return;
          if (round.signal.aborted) continue;
          // Who picked no passkey hears nothing of what could not be asked.
          if (REFUSALS.includes(asApiError(error).code)) told.current.onError(passkeyError(error, told.current.t));
          return;
        } finally {
          clearTimeout(renew);
        }
      }
    };
    void wait();
    return () => {
      ended = true;
      filling.current?.abort();
    };
  }, [waits]);
  if (!hasPasskeys()) return null;
  const start = async () => {
    setWaits(false);
    filling.current?.abort();
    setBusy(true);
    onError(null);
    try {
      await signInByPasskey();
      await onDone();
    } catch (error) {
      onError(passkeyError(error, t));
      setWaits(true);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Button className="!h-10" icon={<KeyRound size={16} />} busy={busy} onClick={() => void start()}>
      {t("auth.passkey.signIn")}
    </Button>
  );
}
