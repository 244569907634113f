import t from 'tap'
import { findMediaLinks } from '../src/media-links.ts'

const link = 'https://files.test/a'

t.test('every place where Meta takes media is found, with its pointer', async (t) => {
  const header = (type: string) => ({ type, [type]: { link } })
  const rows: [Record<string, unknown>, string[]][] = [
    ...['image', 'video', 'audio', 'document', 'sticker'].map((type): [Record<string, unknown>, string[]] => [
      { type, [type]: { link, caption: 'x' } },
      [`/${type}/link`]
    ]),
    [
      { type: 'interactive', interactive: { type: 'button', header: header('video') } },
      ['/interactive/header/video/link']
    ],
    [
      {
        type: 'interactive',
        interactive: { type: 'carousel', action: { cards: [{ header: header('image') }, { header: header('video') }] } }
      },
      ['/interactive/action/cards/0/header/image/link', '/interactive/action/cards/1/header/video/link']
    ],
    [
      {
        type: 'template',
        template: {
          components: [
            { type: 'header', parameters: [header('document')] },
            { type: 'carousel', cards: [{ components: [{ type: 'header', parameters: [header('image')] }] }] }
          ]
        }
      },
      [
        '/template/components/0/parameters/0/document/link',
        '/template/components/1/cards/0/components/0/parameters/0/image/link'
      ]
    ],
    [{ type: 'text', text: { body: link } }, []],
    [{ type: 'image', image: { id: '1' } }, []],
    [{ type: 'image', document: { link } }, []],
    [{ type: 'image', image: link }, []],
    [{ type: 'interactive', interactive: { type: 'cta_url', action: { parameters: { url: link } } } }, []],
    [{ 'a/b~c': [{ ...header('image') }] }, ['/a~1b~0c/0/image/link']]
  ]
  for (const [content, pointers] of rows) {
    t.strictSame(
      findMediaLinks(content).map(({ pointer }) => pointer),
      pointers
    )
  }
})
