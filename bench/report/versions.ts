// The report on two versions of the library: the median of the ratios of all rounds for each row.

import type { Unit } from "../rows/row.ts";
import { figure, unitNames } from "./figures.ts";
import { median } from "./result.ts";

/** The highest allowed median of new to old. */
export const LIMIT = 1.1;

/** The samples of one row, one of each version for each round. */
export interface VersionResult {
  readonly row: string;
  readonly unit: Unit;
  readonly olds: readonly number[];
  readonly news: readonly number[];
  /** A median of the new version up to this value is never worse: for a timer the goal of its row, since below it the delay is noise. */
  readonly tolerated: number;
  /** Why samples are missing. A failure of the old version is not a fault of the new one. */
  readonly problem: string | null;
}

/** Returns the median over the rounds of the ratio of new to old; NaN without samples. Two samples of `Infinity` are equal. */
export function medianRatio({ olds, news }: VersionResult): number {
  return median(news.map((value, round) => (value === olds[round] ? 1 : value / (olds[round] as number))));
}

/** Reports whether the new version fails in a row: beyond the limit, or without a result where the old version has one. */
export function isWorse(result: VersionResult): boolean {
  if (result.problem?.startsWith("new: ") === true) return true;
  return medianRatio(result) > LIMIT && median(result.news) > result.tolerated;
}

/** Formats one row: the medians of both versions, the median ratio, and the range of the ratios. */
export function versionRow(result: VersionResult): string[] {
  const { row, unit, olds, news, problem } = result;
  if (problem !== null) return [row, "", "", "", "", problem];
  const ratios = news.map((value, round) => value / (olds[round] as number));
  const range = `${Math.min(...ratios).toFixed(2)}..${Math.max(...ratios).toFixed(2)}`;
  const value = (samples: readonly number[]): string => `${figure(median(samples), unit)} ${unitNames[unit]}`;
  return [row, value(olds), value(news), medianRatio(result).toFixed(2), range, isWorse(result) ? "SLOWER" : ""];
}
