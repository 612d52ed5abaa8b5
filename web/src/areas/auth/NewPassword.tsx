import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { sessionQuery } from "~/api/session";
import { AuthFrame } from "./AuthFrame";
import { PasswordForm } from "./PasswordForm";

/** The password that the server printed is changed before anything else. */
export default function NewPassword() {
  const { t } = useTranslation();
  const client = useQueryClient();
  return (
    <AuthFrame>
      <h1 className="text-20 font-semibold tracking-tight">{t("auth.newPasswordTitle")}</h1>
      <p className="text-text-2">{t("auth.newPasswordText")}</p>
      <PasswordForm onDone={() => void client.fetchQuery({ ...sessionQuery, staleTime: 0 })} />
    </AuthFrame>
  );
}
