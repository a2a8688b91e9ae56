/** A request that gave no answer, and what the reader can do about it. */
export type Failure = "unreachable" | "busy" | "unauthorized" | "forbidden" | "invalid" | "garbled" | "failed";

interface Details {
  status?: number;
  /** What `Retry-After` asked for. */
  retryAfterMs?: number | null;
}

export class ApiError extends Error {
  readonly failure: Failure;
  readonly status: number | null;
  readonly retryAfterMs: number | null;

  constructor(failure: Failure, message: string, { status, retryAfterMs }: Details = {}) {
    super(message);
    this.name = "ApiError";
    this.failure = failure;
    this.status = status ?? null;
    this.retryAfterMs = retryAfterMs ?? null;
  }

  /** Numbers already on screen may no longer be shown, and asking again changes nothing until the reader signs in. */
  get endsAccess(): boolean {
    return this.failure === "unauthorized" || this.failure === "forbidden";
  }

  /** Asking the same again gives the same; it is asked all the same, but rarely: the service may be replaced. */
  get isTheQuestions(): boolean {
    return this.failure === "invalid";
  }
}

const FAILURES: Readonly<Record<number, Failure>> = {
  400: "invalid",
  401: "unauthorized",
  403: "forbidden",
  422: "invalid",
  429: "busy",
  // A gateway that answers for a service that is away.
  408: "unreachable",
  502: "unreachable",
  503: "unreachable",
  504: "unreachable",
};

const LONGEST_WAIT_MS = 5 * 60_000;

/** Seconds or a date, as HTTP allows; null where it says neither. At most five minutes: a reader waits no longer. */
export function retryAfterMs(header: string | null, now: Date): number | null {
  if (header === null || header.trim() === "") return null;
  const seconds = Number(header);
  const wait = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(header) - now.getTime();
  return Number.isNaN(wait) ? null : Math.min(LONGEST_WAIT_MS, Math.max(0, wait));
}

/** The API's errors are RFC 9457 problem details; a proxy's may be anything. */
export async function errorOf(response: Response): Promise<ApiError> {
  let message = response.statusText;
  try {
    const problem: unknown = await response.json();
    if (typeof problem === "object" && problem !== null && "detail" in problem && typeof problem.detail === "string") {
      message = problem.detail;
    }
  } catch {
    // No problem document: the status has to do.
  }
  return new ApiError(FAILURES[response.status] ?? "failed", message, {
    status: response.status,
    retryAfterMs: retryAfterMs(response.headers.get("Retry-After"), new Date()),
  });
}

export const isUnreachable = (error: unknown): boolean => error instanceof ApiError && error.failure === "unreachable";
