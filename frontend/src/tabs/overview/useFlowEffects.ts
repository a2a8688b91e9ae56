import { type QuestionResult, useQuestion } from "../../api/useQuestion";
import { effectParams } from "../../state/question";
import type { View } from "../../state/view";

export const useFlowEffects = (view: View): QuestionResult<"flow-effects"> =>
  useQuestion("flow-effects", effectParams(view));
