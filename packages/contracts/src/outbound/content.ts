import { type Static, type TSchema, Type } from 'typebox'
import { AudioSchema } from './audio.ts'
import { ContactsSchema } from './contacts.ts'
import { DocumentSchema } from './document.ts'
import { passedFields } from './envelope.ts'
import { ImageSchema } from './image.ts'
import { InteractiveSchema } from './interactive.ts'
import { LocationSchema } from './location.ts'
import { RawSchema } from './raw.ts'
import { ReactionSchema } from './reaction.ts'
import { StickerSchema } from './sticker.ts'
import { TemplateSchema } from './template.ts'
import { TextSchema } from './text.ts'
import { VideoSchema } from './video.ts'

/** The object that stands under the name of its type. */
const objects = {
  text: TextSchema,
  image: ImageSchema,
  video: VideoSchema,
  audio: AudioSchema,
  document: DocumentSchema,
  sticker: StickerSchema,
  location: LocationSchema,
  contacts: ContactsSchema,
  reaction: ReactionSchema,
  interactive: InteractiveSchema,
  template: TemplateSchema,
  raw: RawSchema
}

/** Every type of message that can be sent. */
export type OutboundType = keyof typeof objects

/** The same with their schemas, in the order they are told to callers. */
export const outboundObjects: [type: OutboundType, object: TSchema][] = Object.entries(objects).map(
  ([type, object]) => [type as OutboundType, object]
)

function content<Name extends OutboundType>(name: Name) {
  return Type.Object({ ...passedFields, type: Type.Literal(name), [name]: objects[name] } as typeof passedFields & {
    type: ReturnType<typeof Type.Literal<Name>>
  } & Record<Name, (typeof objects)[Name]>)
}

/**
 * What is sent, as the ledger keeps it: Meta's own type, the object under its name, and those fields of Meta's that do
 * not name the recipient. `raw` holds in its object what goes out in place of itself.
 */
export const OutboundContentSchema = Type.Union([
  content('text'),
  content('image'),
  content('video'),
  content('audio'),
  content('document'),
  content('sticker'),
  content('location'),
  content('contacts'),
  content('reaction'),
  content('interactive'),
  content('template'),
  content('raw')
])

export type OutboundContent = Static<typeof OutboundContentSchema>
