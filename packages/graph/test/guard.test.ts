import t from 'tap'
import { type GuardOptions, isPublicAddress, vetLink } from '../src/index.ts'

const bad = [
  ['unspecified', '0.0.0.0', '0.1.2.3', '::'],
  ['loopback', '127.0.0.1', '127.255.255.254', '::1'],
  ['private', '10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.0.1'],
  ['shared by a carrier', '100.64.0.1', '100.100.100.200', '100.127.255.255'],
  ['link-local', '169.254.0.1', '169.254.169.254', 'fe80::1', 'febf::1', 'fec0::1'],
  ['unique local', 'fc00::1', 'fdff::1', 'fd00:ec2::254'],
  ['multicast and broadcast', '224.0.0.1', '239.255.255.255', '255.255.255.255', 'ff02::1'],
  ['reserved', '192.0.0.192', '192.0.2.1', '198.18.0.1', '198.51.100.1', '203.0.113.1', '240.0.0.1', '2001:db8::1'],
  ['mapped and compatible', '::ffff:127.0.0.1', '::ffff:8.8.8.8', '::ffff:a9fe:a9fe', '::127.0.0.1', '::7f00:1'],
  ['translated', '64:ff9b::7f00:1', '64:ff9b::808:808', '64:ff9b:1::a00:1', '::ffff:0:7f00:1'],
  ['tunnelled', '2002:7f00:1::', '2002:a00:1::1', '2001::1', '2001:0:7f00:1::'],
  ['set aside', '100::1', '2001:2::1', '2001:10::1', '2001:20::1', '3fff::1', '5f00::1', '4000::1', '192.88.99.1'],
  ['metadata of Azure', '168.63.129.16'],
  ['none at all', '', 'localhost', '1.2.3', '1.2.3.4.5', '8.8.8.8/32', 'fe80::1%eth0']
]
const good = [
  '8.8.8.8',
  '1.1.1.1',
  '31.13.64.1',
  '172.15.0.1',
  '172.32.0.1',
  '100.128.0.1',
  '2606:4700::1111',
  '2a03::1'
]

t.test('only addresses of the open internet are public', async (t) => {
  for (const [name, ...addresses] of bad) {
    for (const address of addresses) t.equal(isPublicAddress(address), false, `${name}: ${address}`)
  }
  for (const address of good) t.equal(isPublicAddress(address), true, address)
})

t.test('no spelling of an address gets past', async (t) => {
  let lookups = 0
  const resolve = async () => {
    lookups += 1
    return ['8.8.8.8']
  }
  const hosts =
    '2130706433 0x7f000001 0x7f.1 0177.0.0.1 127.1 0 0x0 00 127.0.0.1. %31%32%37.1 ①②⑦.0.0.1 127。0。0。1 2852039166 ' +
    '0xA9FEA9FE 0251.0376.0251.0376 169.254.43518 10.1 192.168.257 4294967295 [::] [::1] [::ffff:127.0.0.1] ' +
    '[::ffff:7f00:1] [0:0:0:0:0:ffff:7f00:1] [::ffff:169.254.169.254] [64:ff9b::169.254.169.254] [2002:7f00:1::] ' +
    '[fe80::1] [fd00:ec2::254]'
  for (const host of hosts.split(' ')) {
    await t.rejects(
      vetLink(`https://${host}/file.png`, { resolve }),
      { code: 'invalid_message', statusCode: 400 },
      host
    )
  }
  t.equal(lookups, 0, 'and none is looked up')
})

t.test('a name is refused when any of its addresses is not public, whatever it is called', async (t) => {
  const answers: [string, string[]][] = [
    ['metadata.google.internal', ['169.254.169.254']],
    ['localhost', ['127.0.0.1', '::1']],
    ['localtest.me', ['127.0.0.1']],
    ['both.test', ['8.8.8.8', '10.0.0.1']],
    ['six.test', ['2606:4700::1111', '::ffff:127.0.0.1']]
  ]
  for (const [host, addresses] of answers) {
    const vetting = vetLink(`https://${host}/`, { resolve: async () => addresses })
    await t.rejects(
      vetting,
      { code: 'invalid_message', message: 'The link must be on a host of the open internet' },
      host
    )
  }
})

t.test('a link must be https, on port 443, without credentials, and name a host there is', async (t) => {
  const resolve = async () => ['8.8.8.8']
  const rows: [string, RegExp, GuardOptions?][] = [
    ['http://files.test/', /https/],
    ['ftp://files.test/', /https/],
    ['file:///etc/passwd', /https/],
    ['data:text/plain,x', /https/],
    ['//files.test/', /https/],
    ['files.test', /https/],
    ['', /https/],
    ['https://', /https/],
    ['https://user@files.test/', /user name/],
    ['https://:secret@files.test/', /user name/],
    ['https://files.test:8443/', /port 443/],
    ['https://files.test:80/', /port 443/],
    [`https://files.test/${'x'.repeat(2048)}`, /2048/],
    ['https://files.test/', /cannot be found/, { resolve: async () => [] }],
    ['https://files.test/', /cannot be found/, { resolve: () => Promise.reject(new Error('ENOTFOUND')) }]
  ]
  for (const [link, message, options] of rows) {
    await t.rejects(vetLink(link, { resolve, ...options }), { code: 'invalid_message', message }, link.slice(0, 40))
  }
  t.match(await vetLink('https://files.test:443/a?b#c', { resolve }), { addresses: ['8.8.8.8'] })
  t.match(await vetLink('https://8.8.8.8/a', { resolve: async () => [] }), { addresses: ['8.8.8.8'] })
})

t.test('what is allowed by name may be private, and http, on that port only', async (t) => {
  const options = { allow: ['files.test:8080', '127.0.0.1:80', '[::1]:443'], resolve: async () => ['10.0.0.1'] }
  for (const link of ['http://files.test:8080/', 'https://files.test:8080/', 'http://127.1/', 'https://[::1]/']) {
    await t.resolves(vetLink(link, options), link)
  }
  for (const link of [
    'http://files.test/',
    'https://files.test/',
    'http://127.0.0.1:81/',
    'http://u@files.test:8080/'
  ]) {
    await t.rejects(vetLink(link, options), { code: 'invalid_message' }, link)
  }
})
