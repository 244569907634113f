import { interactiveMessages } from './interactive-messages.ts'
import { templateMessages } from './template-messages.ts'

export { withMediaId } from './media-id.ts'

/** A body of `POST /v1/messages`. */
export type Body = Record<string, unknown>

const to = '+491700000001'
const wamid = 'wamid.HBgLNDkxNzAwMDAwMDAxFQIAERgSQTZDNEI2RDA5RkY5M0QxNzQ3AA=='
const link = 'https://example.com/files/a'

const contact = {
  name: { formatted_name: 'Ada Lovelace', first_name: 'Ada', last_name: 'Lovelace', prefix: 'Lady' },
  birthday: '1815-12-10',
  addresses: [{ street: '12 St James Square', city: 'London', zip: 'SW1Y', country: 'England', type: 'Home' }],
  emails: [{ email: 'ada@example.com', type: 'Work' }],
  org: { company: 'Analytical Engines', department: 'Notes', title: 'Programmer' },
  phones: [
    { phone: '+44 20 7946 0000', type: 'Landline' },
    { phone: '+447700900000', wa_id: '447700900000' }
  ],
  urls: [{ url: 'https://example.com/ada', type: 'Home' }]
}

/** One valid message of every type and kind, by name; whoever tests what goes out may send them all. */
export const outboundMessages: Record<string, Body> = {
  text: { to, type: 'text', text: { body: 'Your table is ready.' } },
  'text with a preview': { to, type: 'text', text: { body: 'See https://example.com', preview_url: true } },
  'text without its type': { to, text: { body: 'Hello' } },
  'image by id': { to, type: 'image', image: { id: '1479537139650973', caption: 'The terrace' } },
  'image by link': { to, type: 'image', image: { link, caption: '' } },
  video: { to, type: 'video', video: { link, caption: 'A tour' } },
  audio: { to, type: 'audio', audio: { id: '1013859600285441' } },
  'voice note': { to, type: 'audio', audio: { link, voice: true } },
  document: { to, type: 'document', document: { link, caption: 'Your invoice', filename: 'invoice-17.pdf' } },
  sticker: { to, type: 'sticker', sticker: { id: '798882015472548' } },
  'location in numbers': { to, type: 'location', location: { latitude: 52.5163, longitude: 13.3777 } },
  'location in texts': {
    to,
    type: 'location',
    location: { latitude: '52.5163', longitude: '-13.3777', name: 'Brandenburg Gate', address: 'Pariser Platz, Berlin' }
  },
  contacts: { to, type: 'contacts', contacts: [contact, { name: { formatted_name: 'Charles' } }] },
  reaction: { to, type: 'reaction', reaction: { message_id: wamid, emoji: '👨‍👩‍👧‍👦' } },
  'reaction taken back': { to, type: 'reaction', reaction: { message_id: wamid, emoji: '' } },
  ...interactiveMessages,
  ...templateMessages,
  raw: {
    to: 'Y2FwaV9ncm91cDox',
    recipient_type: 'group',
    type: 'raw',
    raw: { type: 'pin', pin: { type: 'pin', message_id: wamid, expiration_days: 4 } }
  },
  'to a user id': { recipient: 'US.13491208655302741918', type: 'text', text: { body: 'Hello' } },
  'to a group': {
    to: 'Y2FwaV9ncm91cDoxNzA1NTU1MDEzOToxMjAzNjM0MDQ2OTQyMzM4MjAZD',
    recipient_type: 'group',
    type: 'image',
    image: { link }
  },
  'with every field of Meta': {
    messaging_product: 'whatsapp',
    recipient_type: 'individual',
    to,
    type: 'text',
    context: { message_id: wamid },
    category: 'utility',
    ttl_seconds: 3600,
    recipient_identity_key_hash: 'DF2lS5v2W6x=',
    text: { body: 'Your parcel is on its way.' }
  },
  'with every field of ours': {
    from: '106540352242922',
    to,
    type: 'image',
    image: { link },
    media: 'upload',
    priority: 'bulk',
    on_unknown: 'resend',
    metadata: { order: 17, tags: ['a', 'b'] }
  }
}
