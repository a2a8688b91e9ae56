import { type QuestionResult, useQuestion } from "../../api/useQuestion";
import { flowQualityParams } from "../../state/question";
import type { View } from "../../state/view";

export const useFlowQuality = (view: View): QuestionResult<"flow-quality"> =>
  useQuestion("flow-quality", flowQualityParams(view));
