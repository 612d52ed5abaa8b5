import { X } from "lucide-react";
import type { FormEvent, ReactNode } from "react";
import { Dialog as AriaDialog, Heading, Modal, ModalOverlay } from "react-aria-components";
import { useTranslation } from "react-i18next";
import { IconButton } from "./Button";

/** Only when an answer is needed. Focus is kept inside and goes back afterwards; Esc and the scrim close it. */
export function Dialog({ title, onClose, children, footer, width = 480, onSubmit }: { title: string; onClose: () => void; children: ReactNode; footer?: ReactNode; width?: number; onSubmit?: () => void }) {
  const { t } = useTranslation();
  const inner = (
    <>
      <div className="dhead">
        <Heading slot="title" className="min-w-0 flex-1 truncate">
          {title}
        </Heading>
        <IconButton label={t("action.close")} onClick={onClose}>
          <X size={16} />
        </IconButton>
      </div>
      <div className="dbody">{children}</div>
      {footer ? <div className="dfoot">{footer}</div> : null}
    </>
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    event.stopPropagation();
    onSubmit?.();
  };
  return (
    <ModalOverlay className="scrim" isOpen isDismissable onOpenChange={(open) => !open && onClose()}>
      <Modal className="flex w-full justify-center" style={{ maxWidth: width }}>
        <AriaDialog className="dialog">
          {onSubmit ? (
            <form onSubmit={submit} noValidate>
              {inner}
            </form>
          ) : (
            inner
          )}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}
