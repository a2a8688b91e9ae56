import { type QuestionResult, useQuestion } from "../../api/useQuestion";
import { trendParams } from "../../state/question";
import type { View } from "../../state/view";

export const useTrend = (view: View): QuestionResult<"trend"> => useQuestion("trend", trendParams(view));
