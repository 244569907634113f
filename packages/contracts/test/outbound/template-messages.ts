const to = '+491700000001'

function template(...components: unknown[]) {
  return { to, type: 'template', template: { name: 'sample_of_components', language: { code: 'en_US' }, components } }
}

function header(parameter: Record<string, unknown>) {
  return template({ type: 'header', parameters: [parameter] })
}

function button(type: string, parameter: Record<string, unknown>, index: number | string = 0) {
  return { type: 'button', sub_type: type, index, parameters: [parameter] }
}

function action(fields: Record<string, unknown>) {
  return { type: 'action', action: fields }
}

function card(index: number) {
  return {
    card_index: index,
    components: [
      { type: 'header', parameters: [{ type: 'image', image: { id: '1558081531584829' } }] },
      { type: 'body', parameters: [{ type: 'text', text: 'Aloe' }] },
      button('quick_reply', { type: 'payload', payload: `more-${index}` }, '0'),
      button('url', { type: 'text', text: `aloe-${index}` }, '1')
    ]
  }
}

const order = {
  reference_id: 'order_17',
  type: 'digital-goods',
  currency: 'INR',
  total_amount: { value: 1500, offset: 100 },
  order: {
    status: 'pending',
    items: [{ name: 'Ticket', amount: { value: 1500, offset: 100 }, quantity: 1 }],
    subtotal: { value: 1500, offset: 100 }
  }
}

/** Valid templates with every kind of component. */
export const templateMessages = {
  template: { to, type: 'template', template: { name: 'hello_world', language: { code: 'en_US' } } },
  'template with a body': template({
    type: 'body',
    parameters: [
      { type: 'text', text: 'Ada' },
      { type: 'currency', currency: { fallback_value: '$100.99', code: 'USD', amount_1000: 100_990 } },
      { type: 'date_time', date_time: { fallback_value: '25 February 1977', year: 1977, calendar: 'GREGORIAN' } }
    ]
  }),
  'template with names': template({
    type: 'body',
    parameters: [
      { type: 'text', parameter_name: 'first_name', text: 'Ada' },
      { type: 'text', parameter_name: 'order', text: '17' }
    ]
  }),
  'template with a text header': header({ type: 'text', parameter_name: 'first_name', text: 'Ada' }),
  'template with an image': header({ type: 'image', image: { link: 'https://example.com/a.jpg' } }),
  'template with a video': header({ type: 'video', video: { id: '17' } }),
  'template with a document': header({ type: 'document', document: { id: '17', filename: 'a.pdf' } }),
  'template with a location': header({
    type: 'location',
    location: { latitude: '52.5', longitude: '13.4', name: 'Here', address: 'There' }
  }),
  'template with a product': header({ type: 'product', product: { product_retailer_id: 'sku-1', catalog_id: '36' } }),
  'template with quick replies': template(
    button('quick_reply', { type: 'payload', payload: 'yes' }, '0'),
    button('quick_reply', { type: 'text', text: false }, 1)
  ),
  'template with a one-time code': template(
    { type: 'body', parameters: [{ type: 'text', text: '123456' }] },
    button('url', { type: 'text', text: '123456' }, '0')
  ),
  'template with a coupon': template(button('COPY_CODE', { type: 'coupon_code', coupon_code: '25OFF' }, 1)),
  'template with a catalogue': template(button('CATALOG', action({ thumbnail_product_retailer_id: 'sku-1' }))),
  'template with products': template(
    button(
      'mpm',
      action({
        thumbnail_product_retailer_id: 'sku-1',
        sections: [
          { title: 'Cakes', product_items: [{ product_retailer_id: 'sku-1' }] },
          { title: 'Teas', product_items: [{ product_retailer_id: 'sku-2' }] }
        ]
      })
    )
  ),
  'template with a flow': template(button('flow', action({ flow_token: 't', flow_action_data: { table: 4 } }), '0')),
  'template with an order': template(button('order_details', action({ order_details: order }))),
  'template with a call button': template({
    type: 'button',
    sub_type: 'voice_call',
    parameters: [
      { type: 'ttl_minutes', ttl_minutes: 100 },
      { type: 'payload', payload: 'from-campaign' }
    ]
  }),
  'template with an offer': template(
    {
      type: 'limited_time_offer',
      parameters: [{ type: 'limited_time_offer', limited_time_offer: { expiration_time_ms: 1_900_000_000_000 } }]
    },
    button('copy_code', { type: 'coupon_code', coupon_code: 'CARIBE25' })
  ),
  'template with a carousel': template(
    { type: 'body', parameters: [{ type: 'text', text: 'Ada' }] },
    { type: 'carousel', cards: [card(0), card(1), card(2)] }
  ),
  'template with a tap target': template({
    type: 'tap_target_configuration',
    parameters: [
      {
        type: 'tap_target_configuration',
        tap_target_configuration: [{ url: 'https://example.com/', title: 'Offer details' }]
      }
    ]
  }),
  'template with an order status': template({
    type: 'order_status',
    parameters: [{ type: 'order_status', order_status: { reference_id: 'order_17', order: { status: 'shipped' } } }]
  })
}
