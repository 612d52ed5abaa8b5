import { LockKeyhole } from "lucide-react";
import { useTranslation } from "react-i18next";
import { asApiError } from "~/api/problem";
import { EmptyState, ErrorState } from "~/ui/States";

export function NotFound() {
  const { t } = useTranslation();
  return <EmptyState page icon={<LockKeyhole size={20} />} title={t("state.missing.title")} text={t("state.missing.text")} />;
}

export function RouteError({ error, reset }: { error: unknown; reset: () => void }) {
  const { t } = useTranslation();
  return (
    <main className="flex h-full">
      <ErrorState page error={asApiError(error)} title={t("state.error.page")} retry={reset} />
    </main>
  );
}
