import type { CheckpointContent, ProgressContent } from './content.ts'
import { toJson } from './plain-json.ts'

/** What does not change while a program runs, encoded once. */
export interface EncodedPlan {
  /** The text of the content up to and without the progress. */
  readonly text: string
}

/** Encodes what does not change. Its closures make up most of a checkpoint. */
export function encodePlan({
  version,
  application,
  problems,
  graph,
}: Omit<CheckpointContent, 'progress'>): EncodedPlan {
  return { text: JSON.stringify(toJson({ version, application, problems, graph })).slice(0, -1) }
}

/** The content of a checkpoint as bytes: JSON in UTF-8. */
export function encodeCheckpoint(plan: EncodedPlan, progress: ProgressContent): Uint8Array {
  return Buffer.from(`${plan.text},"progress":${JSON.stringify(toJson(progress))}}`)
}
