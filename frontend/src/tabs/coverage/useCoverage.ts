import { type QuestionResult, useQuestion } from "../../api/useQuestion";
import { questionParams } from "../../state/question";
import type { View } from "../../state/view";

export const useCoverage = (view: View): QuestionResult<"coverage"> => useQuestion("coverage", questionParams(view));
