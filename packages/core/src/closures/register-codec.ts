import { codecOf, codecProperty, type Codec } from '../codec/custom-codecs.ts'
import { DStreamError } from '../errors/dstream-error.ts'
import { classes, type Constructor } from './class-registry.ts'
import { registerHandles } from './protocol.ts'

/**
 * Sets how instances of a class travel: in records, keys of shuffles, kept partitions, broadcast values and captured variables.
 *
 * @throws DStreamError CODEC_TOO_LATE, CODEC_CLASS
 */
export function registerCodec<T, D>(type: abstract new (...args: never[]) => T, codec: Codec<T, D>): void {
  const constructor = type as Constructor
  if (codecOf(constructor) === undefined && classes.knownIdOf(constructor) !== undefined) {
    throw new DStreamError('CODEC_TOO_LATE', `The class ${constructor.name} has travelled already, without a codec`, {
      hint: 'Register the codec before the first function or record that uses the class.',
    })
  }
  const { encode, decode } = codec
  Object.defineProperty(constructor, codecProperty, { value: { encode, decode }, enumerable: true, configurable: true })
  const id = classes.classIdOf(constructor)
  if (id !== undefined && !id.startsWith('import:')) return
  Reflect.deleteProperty(constructor, codecProperty)
  throw new DStreamError('CODEC_CLASS', `The class ${constructor.name} cannot take its codec along`, {
    hint: "It must be a class of the program's own, and the codec's functions must be able to travel. Wrap an instance of a package's class in one of yours.",
  })
}

// A fresh instance for each task: what one task does to it, another does not see.
registerHandles(
  { encodedInstance: (type: Constructor, data: unknown) => codecOf(type)?.decode(data) },
  { perTask: true },
)
