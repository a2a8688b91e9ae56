/** When a question is asked again. */
import { ApiError } from "./errors";

export const REFRESH_MS = 30_000;
/** Sooner while the service is away, so that the page comes back by itself. */
const RECOVERY_MS = 5_000;
/** A service that asks to be left alone for no time at all would be asked without end. */
const LEAST_WAIT_MS = 1_000;

/** Milliseconds until the next try; false where only the reader can change the answer. */
export function nextTryMs(error: unknown): number | false {
  if (!(error instanceof ApiError)) return RECOVERY_MS;
  if (error.endsAccess) return false;
  if (error.retryAfterMs !== null) return Math.max(LEAST_WAIT_MS, error.retryAfterMs);
  return error.isTheQuestions ? REFRESH_MS : RECOVERY_MS;
}

/** One quick second try hides a dropped connection; where the service answered, it is not asked again at once. */
export function retriesAtOnce(failures: number, error: unknown): boolean {
  return failures < 1 && error instanceof ApiError && error.failure === "unreachable" && error.retryAfterMs === null;
}
