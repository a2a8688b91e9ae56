/** A request that gave no answer, and what the reader can do about it. */
export type Failure = "unreachable" | "unauthorized" | "forbidden" | "invalid" | "failed";

export class ApiError extends Error {
  readonly failure: Failure;
  readonly status: number | null;

  constructor(failure: Failure, message: string, status: number | null = null) {
    super(message);
    this.name = "ApiError";
    this.failure = failure;
    this.status = status;
  }

  /** Asking again changes nothing until the reader signs in, is given a role, or picks another period. */
  get isFinal(): boolean {
    return this.failure === "unauthorized" || this.failure === "forbidden" || this.failure === "invalid";
  }

  /** Numbers already on screen may no longer be shown. */
  get endsAccess(): boolean {
    return this.failure === "unauthorized" || this.failure === "forbidden";
  }
}

export const isUnreachable = (error: unknown): boolean => error instanceof ApiError && error.failure === "unreachable";

function failureOf(status: number): Failure {
  if (status === 401) return "unauthorized";
  if (status === 403) return "forbidden";
  if (status >= 400 && status < 500) return "invalid";
  // A gateway that answers for a service that is away.
  return status === 502 || status === 503 || status === 504 ? "unreachable" : "failed";
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
  return new ApiError(failureOf(response.status), message, response.status);
}
