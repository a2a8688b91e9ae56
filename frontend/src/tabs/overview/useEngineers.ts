import { type QuestionResult, useQuestion } from "../../api/useQuestion";
import { questionParams } from "../../state/question";
import type { View } from "../../state/view";

export const useEngineers = (view: View): QuestionResult<"engineers"> => useQuestion("engineers", questionParams(view));
