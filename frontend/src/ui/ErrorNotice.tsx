import { ApiError, type Failure } from "../api/errors";
import { Icon, type IconName } from "./Icon";
import { Notice } from "./Notice";

const WORDS: Record<Failure | "broken", { icon: IconName; title: string; text: string }> = {
  unauthorized: {
    icon: "lock",
    title: "Please sign in again",
    text: "Your sign-in is missing or has expired. Open this page from FlowPilot once more, or reload it after signing in.",
  },
  forbidden: {
    icon: "lock",
    title: "For team admins only",
    text: "Your account is signed in but may not see these analytics. A team admin of your organisation can change your role.",
  },
  invalid: { icon: "warning", title: "This view cannot be shown", text: "" },
  unreachable: {
    icon: "cloud",
    title: "The analytics service cannot be reached",
    text: "Nothing is lost: the page keeps trying and shows the numbers as soon as the service answers.",
  },
  busy: {
    icon: "cloud",
    title: "The analytics service asks for a pause",
    text: "It has too much to do just now. The page waits as long as it asks, then tries again by itself.",
  },
  garbled: {
    icon: "warning",
    title: "The answer makes no sense",
    text: "Something other than the analytics service may have answered, such as a proxy. The page keeps trying.",
  },
  failed: {
    icon: "warning",
    title: "The numbers could not be loaded",
    text: "The service reported a fault. The page keeps trying.",
  },
  broken: {
    icon: "warning",
    title: "This part of the page does not work",
    text: "The fault lies in the page or in the application around it, not in the analytics service. Reload the page; if it comes back, report it with these words:",
  },
};

/** Why the numbers are not there. A question that can never be answered as it is has nothing to try again. */
export function ErrorNotice({ error, onRetry }: { error: Error; onRetry: () => void }) {
  const failure = error instanceof ApiError ? error.failure : "broken";
  const { icon, title, text } = WORDS[failure];
  return (
    <Notice
      urgent
      icon={icon}
      title={title}
      action={
        failure !== "invalid" && (
          <button type="button" className="fpa-button" onClick={onRetry}>
            <Icon name="retry" /> Try again
          </button>
        )
      }
    >
      {failure === "broken" ? `${text} ${error.message}` : text || error.message}
    </Notice>
  );
}
