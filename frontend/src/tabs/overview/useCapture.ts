import { type QuestionResult, useQuestion } from "../../api/useQuestion";
import { questionParams } from "../../state/question";
import type { View } from "../../state/view";

/** The capture rate is a PSA number that the Overview leads with; asked on the Overview's own account. */
export const useCapture = (view: View): QuestionResult<"psa"> => useQuestion("psa", questionParams(view), "overview");
