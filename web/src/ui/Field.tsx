import { CircleAlert } from "lucide-react";
import { useId, type ReactNode } from "react";
import { useTranslation } from "react-i18next";

export interface FieldIds {
  id: string;
  "aria-labelledby": string;
  "aria-describedby"?: string;
  "aria-invalid"?: true;
  "aria-required"?: true;
}

/** Label above, help below, error in place of help with an icon. Gives its control the ids that connect them. */
export function Field({ label, help, error, required, children, hideLabel }: { label: ReactNode; help?: ReactNode; error?: string | null; required?: boolean; hideLabel?: boolean; children: (ids: FieldIds) => ReactNode }) {
  const id = useId();
  const { t } = useTranslation();
  const described = error || help ? `${id}-d` : undefined;
  return (
    <div className="field">
      <label id={`${id}-l`} htmlFor={id} className={hideLabel ? "sr-only" : "flabel"}>
        {label}
        {required && (
          <span className="text-danger" title={t("form.required")}>
            <span aria-hidden>*</span>
            <span className="sr-only">{t("form.required")}</span>
          </span>
        )}
      </label>
      {children({ id, "aria-labelledby": `${id}-l`, "aria-describedby": described, "aria-invalid": error ? true : undefined, "aria-required": required ? true : undefined })}
      {error ? (
        <div className="err" id={`${id}-d`} role="alert">
          <CircleAlert size={14} aria-hidden />
          <span>{error}</span>
        </div>
      ) : help ? (
        <div className="help" id={`${id}-d`}>
          {help}
        </div>
      ) : null}
    </div>
  );
}
