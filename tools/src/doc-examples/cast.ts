/**
 * What an example may use without introducing it, as type declarations. An example of a docstring that uses one of these is compiled and not
 * run, for there is no such thing; `sc` is the exception: a real context on `local[2]`. A block of a page gets what is on stage for real.
 */
const everywhere: Readonly<Record<string, string>> = {
  conf: "import('dstream').SparkConf",
  sc: "import('dstream').SparkContext",
  ssc: "import('dstream').StreamingContext",
  clock: "import('../../packages/core/src/time/index.ts').ManualClock",
  log: "import('../../packages/core/src/logging/index.ts').Logger",
}

const inRdd: Readonly<Record<string, string>> = {
  rdd: "import('dstream').RDD<number>",
  numbers: "import('dstream').RDD<number>",
  lines: "import('dstream').RDD<string>",
  words: "import('dstream').RDD<string>",
  pairs: "import('dstream').RDD<[string, number]>",
  other: "import('dstream').RDD<[string, number]>",
}

const inStreaming: Readonly<Record<string, string>> = {
  stream: "import('dstream').DStream<number>",
  numbers: "import('dstream').DStream<number>",
  lines: "import('dstream').DStream<string>",
  words: "import('dstream').DStream<string>",
  pairs: "import('dstream').DStream<[string, number]>",
  other: "import('dstream').DStream<[string, number]>",
}

const inPages: Readonly<Record<string, string>> = {
  ...inStreaming,
  stream: "import('dstream').DStream<[string, string]>",
  dstream: "import('dstream').DStream<string>",
  stream1: "import('dstream').DStream<[string, string]>",
  stream2: "import('dstream').DStream<[string, string]>",
}

/** What the stage (stage.ts) has for the blocks of pages that are run. */
export const onStage: ReadonlySet<string> = new Set(['ssc', 'clock', ...Object.keys(inPages)])

/** The names that the examples of a file may use, with their types. */
export const castOf = (file: string): Readonly<Record<string, string>> => ({
  ...everywhere,
  ...(file.endsWith('.md') ? inPages : file.includes('/streaming/') ? inStreaming : inRdd),
})
