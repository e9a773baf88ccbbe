import type { Logger } from '../../logging/index.ts'
import type { CheckpointMeans } from '../checkpoint/run-checkpoints.ts'
import { broadcastContent } from '../checkpoint/broadcasts.ts'
import { describeGraph } from '../checkpoint/describe-graph.ts'
import type { FoundCheckpoint } from '../checkpoint/read-checkpoint.ts'
import { configurationChanges, reportLines, type RecoveryReport } from '../checkpoint/recovery-report.ts'
import type { Resume } from '../checkpoint/resume.ts'
import { checkpointVersion, encodePlan, type ApplicationContent, type EncodedPlan } from '../checkpoint/schema/index.ts'
import { shownConfiguration } from '../checkpoint/shown-configuration.ts'
import type { StreamGraph } from '../dstream/graph.ts'
import { notSerializable } from '../errors.ts'
import type { Settings } from '../../context/keys.ts'
import type { ClaimedCheckpoint } from '../checkpoint/claim-checkpoint.ts'
import type { RunLogSettings } from '../checkpoint/run-log.ts'
import { encryptionSettings } from '../../context/encryption-settings.ts'
import { cipherOf, type PayloadCipher } from '../../storage/encryption/index.ts'
import { driverLogSettings, receiverLogSettings } from '../write-ahead-log/index.ts'
import type { SparkContext } from '../../context/spark-context.ts'

/** What the checkpoints of a program that starts are made with. Says which of its functions a restart without its factory could not have. */
export function checkpointMeans(
  directory: string,
  sparkContext: SparkContext,
  graph: StreamGraph,
  logger: Logger,
  claimed: ClaimedCheckpoint | undefined,
  uid: string,
): CheckpointMeans {
  const cipher = cipherOf(encryptionSettings(sparkContext.settings))
  const described = describeGraph(graph)
  const { broadcasts, problems: tooLarge } = broadcastContent(described.content, key =>
    sparkContext.shared.broadcastBytes(key),
  )
  const content = { ...described.content, ...(broadcasts.length > 0 && { broadcasts }) }
  const problems = [...described.problems, ...tooLarge]
  if (problems.length > 0) logger.warn(`${notSerializable}\n${problems.join('\n')}\n${onlyWithFactory}`)
  const application = applicationContent(sparkContext, uid)
  let plan: EncodedPlan | undefined
  return {
    directory,
    plan: () => (plan ??= encodePlan({ version: checkpointVersion, application, problems, graph: content })),
    accumulators: () => sparkContext.shared.accumulatorValues(),
    log: logSettings(sparkContext.settings, cipher),
    cipher,
    claimed,
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

/** What came of a restart, also as lines of the log. */
export function reportRecovery(
  found: FoundCheckpoint,
  { streams }: Resume,
  sparkContext: SparkContext,
  logger: Logger,
): RecoveryReport {
  const { content, file, skipped } = found
  const report: RecoveryReport = {
    ...{ file, skipped, streams },
    batchMs: content.progress.batchMs,
    configuration: configurationChanges(content.application.configuration, shownConfiguration(sparkContext.getConf())),
  }
  for (const line of reportLines(report)) logger.info(line)
  return report
}
