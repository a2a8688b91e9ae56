import { ApiError, errorOf } from "./errors";
import { flawOf } from "./shape";
import type { Answers, Question, SessionsPage } from "./types";

export interface Connection {
  /** Origin (and path prefix, if any) under which `/api/v1/analytics/flowpilot` answers; empty for the page's own. */
  apiBaseUrl: string;
  /** The main application's JWT; asked for before each request, so that a renewed one is used at once. */
  getToken: () => string | null | Promise<string | null>;
}

export interface Answer<T> {
  body: T;
  /** Everything older than this instant is in the numbers; newer than the body's own after a 304. */
  asOf: string | null;
  /** What it is the answer to. */
  params: Params;
}

export type Params = Readonly<Record<string, string>>;

export interface Client {
  ask<Q extends Question>(question: Q, params: Params, signal: AbortSignal): Promise<Answer<Answers[Q]>>;
  sessions(params: Params, signal: AbortSignal): Promise<SessionsPage>;
  /** All sessions of a list, as the service writes them. */
  sessionsCsv(params: Params): Promise<string>;
}

const ROOT = "/api/v1/analytics/flowpilot";
const TIMEOUT_MS = 20_000;
/** Answers kept for a 304: a few tabs by a few periods. */
const REMEMBERED = 24;

interface Remembered {
  etag: string;
  body: unknown;
}

export function createClient({ apiBaseUrl, getToken }: Connection): Client {
  const base = apiBaseUrl.replace(/\/+$/, "") + ROOT;
  const remembered = new Map<string, Remembered>();

  async function request(url: string, headers: Record<string, string>, signal?: AbortSignal): Promise<Response> {
    const token = await getToken();
    const timeout = AbortSignal.timeout(TIMEOUT_MS);
    let response: Response;
    try {
      response = await fetch(url, {
        headers: token ? { ...headers, Authorization: `Bearer ${token}` } : headers,
        // The ETag is handled here, where a 304's newer As-Of can be seen; the browser's cache would hide it.
        cache: "no-store",
        credentials: "omit",
        signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
      });
    } catch (error) {
      if (signal?.aborted) throw error;
      throw new ApiError("unreachable", timeout.aborted ? `No answer in ${TIMEOUT_MS / 1000} s.` : "No connection.");
    }
    if (!response.ok && response.status !== 304) throw await errorOf(response);
    return response;
  }

  function remember(url: string, response: Response, body: unknown): void {
    const etag = response.headers.get("ETag");
    remembered.delete(url);
    if (etag === null) return;
    remembered.set(url, { etag, body });
    const oldest = remembered.keys().next();
    if (remembered.size > REMEMBERED && !oldest.done) remembered.delete(oldest.value);
  }

  return {
    async ask<Q extends Question>(question: Q, params: Params, signal: AbortSignal) {
      const url = urlOf(base, question === "overview" ? "" : `/${question}`, params);
      const known = remembered.get(url);
      const response = await request(url, known ? { "If-None-Match": known.etag } : {}, signal);
      const unchanged = response.status === 304 && known !== undefined;
      const body = unchanged ? (known.body as Answers[Q]) : await read<Answers[Q]>(question, response);
      if (!unchanged) remember(url, response, body);
      return { body, asOf: response.headers.get("As-Of") || body.as_of, params };
    },
    async sessions(params, signal) {
      const response = await request(urlOf(base, "/sessions", params), {}, signal);
      return read<SessionsPage>("sessions", response);
    },
    async sessionsCsv(params) {
      const response = await request(urlOf(base, "/sessions", { ...params, format: "csv" }), {});
      // `text` would take the byte order mark away, by which a spreadsheet knows the encoding.
      return `\ufeff${await response.text()}`;
    },
  };
}

/** The body, where it is the answer to that question; a proxy's page with status 200 is not. */
async function read<T>(question: Question | "sessions", response: Response): Promise<T> {
  let body: unknown;
  try {
    body = await response.json();
  } catch {
    throw new ApiError("garbled", "The answer is not JSON.");
  }
  const flaw = flawOf(question, body);
  if (flaw !== null) throw new ApiError("garbled", `The answer lacks ${flaw}.`);
  return body as T;
}

function urlOf(base: string, path: string, params: Params): string {
  return `${base}${path}?${new URLSearchParams(params)}`;
}
