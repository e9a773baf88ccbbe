import { randomUUID } from 'node:crypto'
import { encryptionSettings } from '../../context/encryption-settings.ts'
import type { Settings } from '../../context/keys.ts'
import type { SparkContext } from '../../context/spark-context.ts'
import type { Logger } from '../../logging/index.ts'
import { cipherOf, type PayloadCipher } from '../../storage/encryption/index.ts'
import { fileSystemFor } from '../../storage/index.ts'
import { broadcastContent } from '../checkpoint/broadcasts.ts'
import type { ClaimedCheckpoint } from '../checkpoint/claim-checkpoint.ts'
import { describeGraph } from '../checkpoint/describe-graph.ts'
import { configurationChanges, reportLines, type RecoveryReport } from '../checkpoint/recovery-report.ts'
import { compareWithCheckpoint, refuseProblems, type Resume } from '../checkpoint/resume.ts'
import type { CheckpointMeans } from '../checkpoint/run-checkpoints.ts'
import type { RunLogSettings } from '../checkpoint/run-log.ts'
import { checkpointVersion, encodePlan, type ApplicationContent, type EncodedPlan } from '../checkpoint/schema/index.ts'
import { shownConfiguration } from '../checkpoint/shown-configuration.ts'
import type { StreamGraph } from '../dstream/graph.ts'
import { notSerializable, otherDirectory } from '../errors.ts'
import { driverLogSettings, receiverLogSettings } from '../write-ahead-log/index.ts'

/** Where a program writes its checkpoints, which one it goes on from, and what came of that. */
export class ContextCheckpoint {
  readonly #sparkContext: SparkContext
  readonly #graph: StreamGraph
  readonly #logger: Logger
  #directory: string | undefined
  /** What it goes on from. */
  #found: ClaimedCheckpoint | undefined
  #report: RecoveryReport | undefined

  constructor(sparkContext: SparkContext, graph: StreamGraph, logger: Logger) {
    this.#sparkContext = sparkContext
    this.#graph = graph
    this.#logger = logger
    this.#directory = sparkContext.settings.checkpointDirectory
  }

  writeTo(directory: string): void {
    this.#directory = directory
  }

  /** Checkpoints are written. */
  get isWritten(): boolean {
    return this.#directory !== undefined
  }

  /** What came of the restart; undefined before the start, and for a program that begins anew. */
  get report(): RecoveryReport | undefined {
    return this.#report
  }

  /**
   * When the program starts, it goes on from this checkpoint.
   * @throws DStreamError when its streams do not fit, or it writes somewhere else
   */
  recoverFrom(found: ClaimedCheckpoint): void {
    const { directory } = found
    const own = (this.#directory ??= directory)
    if (fileSystemFor(own).path !== fileSystemFor(directory).path) throw otherDirectory(directory, own)
    // What can be known now is not left to the start.
    refuseProblems(compareWithCheckpoint(found.content, this.#graph, new Map()).problems)
    this.#found = found
  }

  /** A name for the program: that of the run before, where it goes on from one. */
  programUid(): string {
    return this.#found?.content.application.uid ?? randomUUID()
  }

  /**
   * What the checkpoints of a program that starts are made with; undefined: none are written. Says which of its functions a restart without its factory could
   * not have.
   */
  means(uid: string): CheckpointMeans | undefined {
    const directory = this.#directory
    if (directory === undefined) return undefined
    const { settings, shared } = this.#sparkContext
    const cipher = cipherOf(encryptionSettings(settings))
    const described = describeGraph(this.#graph)
    const { broadcasts, problems: tooLarge } = broadcastContent(described.content, key => shared.broadcastBytes(key))
    const content = { ...described.content, ...(broadcasts.length > 0 && { broadcasts }) }
    const problems = [...described.problems, ...tooLarge]
    if (problems.length > 0) this.#logger.warn(`${notSerializable}\n${problems.join('\n')}\n${onlyWithFactory}`)
    const application = applicationContent(this.#sparkContext, uid)
    let plan: EncodedPlan | undefined
    return {
      directory,
      plan: () => (plan ??= encodePlan({ version: checkpointVersion, application, problems, graph: content })),
      accumulators: () => shared.accumulatorValues(),
      log: logSettings(settings, cipher),
      cipher,
      claimed: this.#found,
    }
  }

  /** The run that goes on has been made: accumulators get their values back, and it is said what came of the restart. */
  recovered(resumed: Resume | undefined): void {
    if (this.#found === undefined) return
    this.#sparkContext.shared.recoverAccumulators(this.#found.content.progress.accumulators)
    if (resumed === undefined) return
    const { content, file, skipped } = this.#found
    const { configuration } = content.application
    this.#report = {
      ...{ file, skipped, streams: resumed.streams },
      batchMs: content.progress.batchMs,
      configuration: configurationChanges(configuration, shownConfiguration(this.#sparkContext.getConf())),
    }
    for (const line of reportLines(this.#report)) this.#logger.info(line)
  }

  /** Lets go the directory of a program that does not run, or not any more. */
  letGo(): Promise<void> | undefined {
    return this.#found?.fence.release()
  }
}

const logSettings = (settings: Settings, cipher: PayloadCipher): RunLogSettings => ({
  receiver: receiverLogSettings(settings, cipher),
  logsBlocks: settings.receiverLogEnabled,
  driver: driverLogSettings(settings, cipher),
})

const onlyWithFactory =
  'The program runs, and goes on after a restart with StreamingContext.getOrCreate(directory, create); getOrCreate(directory, null) cannot make it.'

const applicationContent = (sparkContext: SparkContext, uid: string): ApplicationContent => ({
  uid,
  name: sparkContext.appName,
  master: sparkContext.master,
  id: sparkContext.applicationId,
  configuration: shownConfiguration(sparkContext.getConf()),
})
