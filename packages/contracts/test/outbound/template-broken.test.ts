import { absent, type Broken, long } from './broken.ts'
import { testBroken } from './test-broken.ts'

const at = '/template'
const list = `${at}/components`
const first = `${list}/0/parameters/0`
const text = { type: 'text', text: 'x' }

const broken: Broken[] = [
  ['template', at, absent, 'is required'],
  ['template', `${at}/name`, absent, 'is required'],
  ['template', `${at}/name`, 'Hello World', 'must consist of lower-case letters, digits and underscores'],
  ['template', `${at}/name`, long(513), 'must not be longer than 512 characters'],
  ['template', `${at}/language`, 'en_US', 'must be an object'],
  ['template', `${at}/language/code`, absent, 'is required'],
  ['template', `${at}/language/code`, 'english (US)', 'must be a language such as en or en_US'],
  ['template', `${at}/language/policy`, 'fallback', 'must be "deterministic"'],
  ['template', `${at}/namespace`, 'x', 'is not a field here'],
  ['template', list, {}, 'must be a list'],
  ['template', list, [{ type: 'footer' }], 'must be one of header, body, button', `${list}/0/type`],
  ['template', list, ['body'], 'must be an object', `${list}/0`],
  ['template', list, [{ parameters: [] }], 'is required and must be one of header, body', `${list}/0/type`],
  [
    'template with a body',
    `${list}/1`,
    { type: 'BODY', parameters: [text] },
    'must not be body a second time',
    `${list}/1/type`
  ],
  ['template with a body', `${list}/0/parameters`, absent, 'is required'],
  ['template with a body', `${first}/type`, 'image', 'must be one of text, currency, date_time'],
  ['template with a body', `${first}/text`, absent, 'is required'],
  ['template with a body', `${first}/text`, '', 'must not be empty'],
  ['template with a body', `${first}/text`, long(1025), 'must not be longer than 1024 characters'],
  ['template with a body', `${first}/value`, 'x', 'is not a field here'],
  ['template with a body', `${list}/0/parameters/1/currency/code`, '$', 'must be a currency code of three letters'],
  ['template with a body', `${list}/0/parameters/1/currency/amount_1000`, '5', 'must be a whole number'],
  ['template with a body', `${list}/0/parameters/1/currency/fallback_value`, absent, 'is required'],
  ['template with a body', `${list}/0/parameters/2/date_time/fallback_value`, absent, 'is required'],
  ['template with names', `${list}/0/parameters/1/parameter_name`, absent, 'is required on every parameter or on none'],
  ['template with names', `${list}/0/parameters/1/parameter_name`, 'first_name', 'must be unique'],
  ['template with a text header', `${first}/text`, long(61), 'must not be longer than 60 characters'],
  ['template with a text header', `${list}/0/parameters`, [text, text], 'must not have more than 1 item'],
  ['template with a text header', `${list}/0/parameters`, [], 'must have at least 1 item'],
  ['template with a text header', `${list}/0/index`, 0, 'is not a field here'],
  ['template with an image', `${first}/image`, {}, 'must have an id or a link'],
  ['template with an image', `${first}/image/link`, 'a.jpg', 'must be an http or https URL'],
  ['template with a location', `${first}/location/latitude`, '91', 'must be a number from -90 to 90'],
  ['template with a product', `${first}/product/catalog_id`, absent, 'is required'],
  ['template with quick replies', `${list}/0/sub_type`, 'reply', 'must be one of quick_reply, url, copy_code'],
  ['template with quick replies', `${list}/0/sub_type`, absent, 'is required and must be one of quick_reply'],
  ['template with quick replies', `${list}/0/index`, absent, 'is required'],
  ['template with quick replies', `${list}/0/index`, 10, 'must be a number from 0 to 9'],
  ['template with quick replies', `${list}/0/index`, 'first', 'must be a number from 0 to 9'],
  ['template with quick replies', `${list}/1/index`, 0, 'must be unique'],
  ['template with quick replies', `${list}/0/parameters`, [], 'must have at least 1 item'],
  ['template with quick replies', `${first}/type`, 'action', 'must be one of payload, text'],
  ['template with a one-time code', `${list}/1/parameters/0/type`, 'payload', 'must be "text"'],
  ['template with a coupon', `${first}/coupon_code`, long(21), 'must not be longer than 20 characters'],
  ['template with a catalogue', `${first}/action/thumbnail_product_retailer_id`, 1, 'must be a text'],
  ['template with products', `${first}/action/sections`, absent, 'is required'],
  ['template with products', `${first}/action/sections/0/title`, long(25), 'must not be longer than 24 characters'],
  ['template with a flow', `${first}/action/flow_action_data`, [], 'must be an object'],
  ['template with an order', `${first}/action/order_details/order`, absent, 'is required'],
  ['template with a call button', `${first}/ttl_minutes`, 0, 'must not be less than 1'],
  ['template with an offer', `${first}/limited_time_offer/expiration_time_ms`, 'soon', 'must be a whole number'],
  ['template with an offer', `${first}/limited_time_offer`, absent, 'is required'],
  ['template with a carousel', `${list}/1/cards`, [], 'must have at least 1 item'],
  ['template with a carousel', `${list}/1/cards/1/card_index`, 0, 'must be unique'],
  [
    'template with a carousel',
    `${list}/1/cards/0/components/0/parameters/0/image`,
    { id: '' },
    'must not be empty',
    `${list}/1/cards/0/components/0/parameters/0/image/id`
  ],
  ['template with a carousel', `${list}/1/cards/0/components/3/index`, '0', 'must be unique'],
  ['template with a tap target', `${first}/tap_target_configuration/0/url`, 'x', 'must be an http or https URL'],
  ['template with an order status', `${first}/order_status/order/status`, 'x', 'must be one of pending']
]

testBroken(broken)
