import { type QuestionResult, useQuestion } from "../../api/useQuestion";
import { questionParams } from "../../state/question";
import type { View } from "../../state/view";

export const useFlowQuality = (view: View): QuestionResult<"flow-quality"> =>
  useQuestion("flow-quality", questionParams(view));
