import { pathWithQuery } from "./client";
import { ApiError } from "./problem";
import { exportJob, startExport } from "./records";

const LONGEST_WAIT_MS = 10 * 60_000;

/** Starts an export, waits for it and hands the file to the browser. */
export async function exportFile(body: Record<string, unknown>, name: string): Promise<void> {
  const request = Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined));
  let job = await startExport(request);
  const started = Date.now();
  for (let pause = 150; job.status !== "done"; pause = Math.min(2000, pause * 1.6)) {
    if (job.status === "failed") throw new ApiError(500, "export_failed", "", job.detail ?? "");
    if (Date.now() - started > LONGEST_WAIT_MS) throw new ApiError(0, "timeout", "", "");
    await new Promise((resolve) => setTimeout(resolve, pause));
    job = await exportJob(job.id);
  }
  const link = document.createElement("a");
  link.href = job.url ?? pathWithQuery(`/exports/${job.id}/content`);
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
}
