import { type QuestionResult, useQuestion } from "../../api/useQuestion";
import { questionParams } from "../../state/question";
import type { View } from "../../state/view";

export const useOverview = (view: View): QuestionResult<"overview"> => useQuestion("overview", questionParams(view));
