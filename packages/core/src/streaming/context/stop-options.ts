/** How a context stops. */
export interface StopOptions {
  /** Stop the SparkContext too. Default: spark.streaming.stopSparkContextByDefault, else true. */
  readonly stopSparkContext?: boolean
  /** Let everything that was received and submitted be processed first. Default false. */
  readonly stopGracefully?: boolean
}

/** The two ways of saying it: positional as in Spark, or by name. */
export function stopArguments(
  first: boolean | StopOptions | undefined,
  second: boolean | undefined,
  stopSparkContextByDefault: boolean,
): Required<StopOptions> {
  const options: StopOptions = typeof first === 'object' ? first : definedOnly(first, second)
  return { stopSparkContext: stopSparkContextByDefault, stopGracefully: false, ...options }
}

const definedOnly = (stopSparkContext: boolean | undefined, stopGracefully: boolean | undefined): StopOptions => ({
  ...(stopSparkContext === undefined ? {} : { stopSparkContext }),
  ...(stopGracefully === undefined ? {} : { stopGracefully }),
})
