import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Check, Minus } from "lucide-react";
import { useTranslation } from "react-i18next";
import { asApiError } from "~/api/problem";
import { accessQuery } from "~/api/records";
import type { ObjectDef } from "~/metadata/model";
import { useCapability } from "~/metadata/registry";
import { Avatar } from "~/ui/Avatar";
import { Dialog } from "~/ui/Dialog";
import { ErrorState } from "~/ui/States";

/** Who can see this record, what else they may do, and why. */
export default function AccessDialog({ object, id, onClose }: { object: ObjectDef; id: string; onClose: () => void }) {
  const { t } = useTranslation();
  const access = useQuery(accessQuery(object.name, id));
  const mark = (on: boolean) => (on ? <Check size={16} className="mx-auto text-success" aria-label={t("value.yes")} /> : <Minus size={16} className="mx-auto text-text-3" aria-label={t("value.no")} />);
  const readsLog = useCapability("read_log");
  const saw = readsLog ? (
    <Link to="/admin/log" search={{ object: object.name, saw: id }} className="me-auto font-medium text-accent hover:underline">
      {t("access.whoSaw")}
    </Link>
  ) : undefined;
  return (
    <Dialog title={t("access.title")} width={680} onClose={onClose} footer={saw}>
      {access.isError ? (
        <ErrorState error={asApiError(access.error)} title={t("access.failed")} retry={() => void access.refetch()} />
      ) : (
        <table className="w-full table-fixed border-collapse text-start">
          <thead>
            <tr className="border-b border-line text-12 text-text-3">
              <th scope="col" className="h-8 w-[38%] text-start font-medium">{t("access.person")}</th>
              <th scope="col" className="w-16 font-medium">{t("access.read")}</th>
              <th scope="col" className="w-16 font-medium">{t("access.update")}</th>
              <th scope="col" className="w-16 font-medium">{t("access.delete")}</th>
              <th scope="col" className="text-start font-medium">{t("access.because")}</th>
            </tr>
          </thead>
          <tbody>
            {(access.data?.items ?? []).map((entry) => (
              <tr key={entry.user.id} className="border-b border-line align-middle last:border-0">
                <td className="h-11 pe-2">
                  <span className="who">
                    <Avatar id={entry.user.id} name={entry.user.name} size="m" />
                    <span className="min-w-0">
                      <span className="block truncate font-medium">{entry.user.name}</span>
                      <span className="block truncate text-12 text-text-3">{entry.user.email}</span>
                    </span>
                  </span>
                </td>
                <td>{mark(entry.read)}</td>
                <td>{mark(entry.update)}</td>
                <td>{mark(entry.delete)}</td>
                <td className="py-1 text-12 text-text-2">{entry.because.map((why) => t(`access.why.${why.kind}`, { name: why.name, defaultValue: `${why.kind}: ${why.name}` })).join(", ")}</td>
              </tr>
            ))}
            {access.isPending
              ? [1, 2, 3].map((row) => (
                  <tr key={row}>
                    <td className="h-11" colSpan={5}>
                      <span className="skel w-2/3" />
                    </td>
                  </tr>
                ))
              : null}
          </tbody>
        </table>
      )}
    </Dialog>
  );
}
