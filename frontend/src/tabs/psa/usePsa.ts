import { type QuestionResult, useQuestion } from "../../api/useQuestion";
import { questionParams } from "../../state/question";
import type { View } from "../../state/view";

export const usePsa = (view: View): QuestionResult<"psa"> => useQuestion("psa", questionParams(view));
