import { describe, expect, test } from "vitest";
import { leavesOutZero, newcombe, wilson } from "../src/lib/interval";

describe("Wilson's interval", () => {
  test.each([
    [1, 1, 0.21, 1],
    [5, 5, 0.57, 1],
    [45, 50, 0.79, 0.96],
    [0, 5, 0, 0.43],
  ])("of %d of %d is %d to %d", (count, n, low, high) => {
    const interval = wilson(count / n, n);
    expect(interval?.low).toBeCloseTo(low, 2);
    expect(interval?.high).toBeCloseTo(high, 2);
  });

  test("needs a denominator", () => {
    expect(wilson(null, 0)).toBeNull();
  });
});

describe("Newcombe's interval of a difference", () => {
  // His own table II (Statistics in Medicine 17, 1998), method 10.
  test.each([
    [56, 70, 48, 80, 0.0524, 0.3339],
    [9, 10, 3, 10, 0.1705, 0.809],
    [6, 7, 2, 7, 0.0582, 0.8062],
    [5, 56, 0, 29, -0.0381, 0.1926],
    [0, 10, 0, 20, -0.1611, 0.2775],
    [0, 10, 0, 10, -0.2775, 0.2775],
    [10, 10, 0, 20, 0.6791, 1],
    [10, 10, 0, 10, 0.6075, 1],
  ])("of %d/%d less %d/%d is %d to %d", (a, m, b, n, low, high) => {
    const interval = newcombe({ rate: a / m, n: m }, { rate: b / n, n });
    expect(interval?.low).toBeCloseTo(low, 4);
    expect(interval?.high).toBeCloseTo(high, 4);
  });

  test("turns round with its sides", () => {
    const [a, b] = [
      { rate: 0.8, n: 70 },
      { rate: 0.6, n: 80 },
    ];
    const [there, back] = [newcombe(a, b), newcombe(b, a)];
    expect(there?.low).toBeCloseTo(-(back?.high ?? 0), 12);
    expect(there?.high).toBeCloseTo(-(back?.low ?? 0), 12);
  });

  test("needs both sides", () => {
    expect(newcombe({ rate: 0.5, n: 10 }, { rate: null, n: 0 })).toBeNull();
  });

  test.each([
    [0.1, 0.2, true],
    [-0.2, -0.1, true],
    [-0.1, 0.1, false],
    [0, 0.1, false],
  ])("%d to %d leaves out 0: %s", (low, high, out) => {
    expect(leavesOutZero({ low, high })).toBe(out);
  });
});
