export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface Exposition {
  readonly samples: readonly Sample[];
  /** The value of the one sample with exactly these labels; undefined when there is none. */
  valueOf(name: string, labels?: Readonly<Record<string, string>>): number | undefined;
}

const NAME = "[a-zA-Z_:][a-zA-Z0-9_:]*";
const LABEL = '([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\\\\n]|\\\\[\\\\"n])*)"';
const SAMPLE = new RegExp(`^(${NAME})(?:\\{((?:${LABEL},?)*)\\})? (\\S+)$`);
const NUMBER = /^(?:[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?|[+-]Inf|NaN)$/i;
const SUFFIXES: Readonly<Record<string, RegExp>> = {
  histogram: /_(?:bucket|sum|count)$/,
  summary: /_(?:sum|count)$/,
};

/**
 * Reads the text format 0.0.4 of Prometheus, and takes nothing that its specification does not allow: every sample belongs to the
 * type line before it, none comes twice, and the buckets of a histogram only grow, up to its count.
 *
 * @throws Error that names the line
 */
export function parseExposition(text: string): Exposition {
  if (!text.endsWith("\n")) throw new Error("the last line does not end");
  const samples: Sample[] = [];
  const types = new Map<string, string>();
  const seen = new Set<string>();
  let current = "";
  for (const line of text.split("\n").filter((each) => each !== "")) {
    const comment = new RegExp(`^# (HELP|TYPE) (${NAME}) (.+)$`).exec(line);
    if (comment) {
      const [, kind, name = "", rest = ""] = comment;
      if (kind === "HELP") continue;
      if (types.has(name) || !/^(?:counter|gauge|histogram|summary|untyped)$/.test(rest))
        throw new Error(line);
      types.set(name, rest);
      current = name;
      continue;
    }
    const sample = parseSample(line);
    const family = sample.name.replace(SUFFIXES[types.get(current) ?? ""] ?? /$^/, "");
    if (family !== current) throw new Error(`outside its family: ${line}`);
    const place = keyOf(sample.name, sample.labels);
    if (seen.has(place)) throw new Error(`twice: ${line}`);
    seen.add(place);
    samples.push(sample);
  }
  for (const [name, type] of types) if (type === "histogram") checkHistogram(name, samples);
  const values = new Map(samples.map(({ name, labels, value }) => [keyOf(name, labels), value]));
  return { samples, valueOf: (name, labels = {}) => values.get(keyOf(name, labels)) };
}

function parseSample(line: string): Sample {
  const [, name = "", list = "", ...rest] = SAMPLE.exec(line) ?? [];
  const number = rest.at(-1) ?? "";
  if (name === "" || !NUMBER.test(number)) throw new Error(`no sample: ${line}`);
  const pairs = [...list.matchAll(new RegExp(LABEL, "g"))].map(([, label = "", value = ""]) => [
    label,
    value,
  ]);
  const labels = Object.fromEntries(pairs) as Record<string, string>;
  if (Object.keys(labels).length !== pairs.length) throw new Error(`a label twice: ${line}`);
  const value = Number(number.replace(/Inf$/i, "Infinity"));
  return { name, labels, value };
}

function checkHistogram(name: string, samples: readonly Sample[]): void {
  const series = new Map<string, number[]>();
  for (const { name: sampleName, labels, value } of samples) {
    if (sampleName !== `${name}_bucket`) continue;
    const { le: _, ...others } = labels;
    series.set(keyOf("", others), [...(series.get(keyOf("", others)) ?? []), value]);
  }
  for (const [others, buckets] of series) {
    const count = samples.find((each) => each.name === `${name}_count` && keyOf("", each.labels) === others);
    const grows = buckets.every((value, place) => place === 0 || value >= (buckets[place - 1] ?? 0));
    if (!grows || count?.value !== buckets.at(-1))
      throw new Error(`the buckets of ${name}${others} do not add up`);
  }
}

function keyOf(name: string, labels: Readonly<Record<string, string>>): string {
  return `${name}${JSON.stringify(Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1)))}`;
}
