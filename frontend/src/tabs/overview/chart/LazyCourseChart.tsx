import { useCode } from "../../../api/useCode";
import { ErrorNotice } from "../../../ui/ErrorNotice";
import type { CourseChartProps } from "./CourseChart";

/** The chart library is most of the page's code, so it comes when a chart does. */
const loadChart = () => import("./CourseChart");

export function LazyCourseChart(props: CourseChartProps) {
  const code = useCode("course chart", loadChart);
  if (code.data) {
    const CourseChart = code.data.default;
    return <CourseChart {...props} />;
  }
  if (code.error) return <ErrorNotice error={code.error} onRetry={() => void code.refetch()} />;
  return <div className="fpa-skeleton h-60" />;
}
