import { useQuery } from "@tanstack/react-query";
import { Outlet } from "@tanstack/react-router";
import { screen } from "~/lib/i18n";
import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { asApiError } from "~/api/problem";
import { sessionQuery } from "~/api/session";
import { useProofAsked } from "~/lib/proof";
import { ErrorState } from "~/ui/States";
import { Toasts } from "~/ui/Toasts";
import { Shell } from "./Shell";

const SignIn = lazy(() => import("~/areas/auth/SignIn").then((module) => ({ default: module.SignIn })));
const FreshDialog = lazy(() => screen(import("~/areas/auth/FreshDialog")));
const NewPassword = lazy(() => screen(import("~/areas/auth/NewPassword")));

/** Nobody in: the sign-in page, at the same address, so that a shared link opens after it. */
export function Root() {
  const { t } = useTranslation();
  const session = useQuery(sessionQuery);
  const proof = useProofAsked();
  if (session.isPending) return null;
  if (session.isError) {
    return (
      <main className="flex h-full">
        <ErrorState page error={asApiError(session.error)} title={t("state.error.start")} retry={() => void session.refetch()} />
      </main>
    );
  }
  if (!session.data) {
    return (
      <Suspense>
        <SignIn />
      </Suspense>
    );
  }
  if (session.data.user.must_change_password) {
    return (
      <Suspense>
        <NewPassword />
      </Suspense>
    );
  }
  return (
    <>
      <Shell session={session.data}>
        <Outlet />
      </Shell>
      <Toasts />
      {proof ? (
        <Suspense>
          <FreshDialog onAnswer={proof.answer} />
        </Suspense>
      ) : null}
    </>
  );
}
