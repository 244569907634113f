const to = '+491700000001'
const link = 'https://example.com/files/a.jpg'
const body = { text: 'What would you like?' }
const footer = { text: 'Open daily' }
const amount = { value: 1500, offset: 100 }

function interactive(type: string, parts: Record<string, unknown>) {
  return { to, type: 'interactive', interactive: { type, ...parts } }
}

function ctaCard(index: number) {
  return {
    card_index: index,
    type: 'cta_url',
    header: { type: 'image', image: { link } },
    body: { text: `*Offer ${index}*\n\nOnly today` },
    action: { name: 'cta_url', parameters: { display_text: 'Buy', url: `https://example.com/${index}` } }
  }
}

function replyCard(index: number) {
  const buttons = [{ type: 'quick_reply', quick_reply: { id: `more-${index}`, title: 'More' } }]
  return { card_index: index, type: 'cta_url', header: { type: 'video', video: { id: '17' } }, action: { buttons } }
}

function productCard(index: number) {
  return {
    card_index: index,
    type: 'product',
    action: { product_retailer_id: `sku-${index}`, catalog_id: '367025965' }
  }
}

/** One valid message of every interactive kind. */
export const interactiveMessages = {
  button: interactive('button', {
    header: { type: 'document', document: { link, filename: 'menu.pdf' } },
    body,
    footer,
    action: {
      buttons: [
        { type: 'reply', reply: { id: 'yes', title: 'Yes ✅' } },
        { type: 'reply', reply: { id: 'no', title: 'No' } }
      ]
    }
  }),
  list: interactive('list', {
    header: { type: 'text', text: 'Menu' },
    body,
    footer,
    action: {
      button: 'Choose',
      sections: [
        {
          title: 'Food',
          rows: [
            { id: 'soup', title: 'Soup', description: 'Of the day' },
            { id: 'pie', title: 'Pie' }
          ]
        },
        { title: 'Drinks', rows: [{ id: 'tea', title: 'Tea' }] }
      ]
    }
  }),
  'list of one section': interactive('list', {
    body,
    action: { button: 'Choose', sections: [{ rows: [{ id: 'soup', title: 'Soup' }] }] }
  }),
  cta_url: interactive('cta_url', {
    header: { type: 'video', video: { id: '17' } },
    body,
    footer,
    action: { name: 'cta_url', parameters: { display_text: 'See dates', url: 'https://example.com/dates?a=1' } }
  }),
  flow: interactive('flow', {
    body,
    action: {
      name: 'flow',
      parameters: {
        flow_message_version: '3',
        flow_id: '1234567890',
        flow_cta: 'Book',
        flow_token: 'booking-17',
        mode: 'published',
        flow_action: 'navigate',
        flow_action_payload: { screen: 'WELCOME', data: { table: 4, guests: [{ name: 'Ada' }] } }
      }
    }
  }),
  'flow by name': interactive('flow', {
    body,
    action: {
      name: 'flow',
      parameters: { flow_message_version: '3', flow_name: 'booking', flow_cta: 'Book', flow_action: 'data_exchange' }
    }
  }),
  product: interactive('product', { footer, action: { catalog_id: '367025965', product_retailer_id: 'sku-1' } }),
  product_list: interactive('product_list', {
    header: { type: 'text', text: 'Our best' },
    body,
    action: {
      catalog_id: '367025965',
      sections: [
        { title: 'Cakes', product_items: [{ product_retailer_id: 'sku-1' }, { product_retailer_id: 'sku-2' }] },
        { title: 'Teas', product_items: [{ product_retailer_id: 'sku-3' }] }
      ]
    }
  }),
  catalog_message: interactive('catalog_message', {
    body,
    action: { name: 'catalog_message', parameters: { thumbnail_product_retailer_id: 'sku-1' } }
  }),
  'catalog_message without a thumbnail': interactive('catalog_message', {
    body,
    footer,
    action: { name: 'catalog_message' }
  }),
  location_request_message: interactive('location_request_message', { body, action: { name: 'send_location' } }),
  address_message: interactive('address_message', {
    body,
    action: {
      name: 'address_message',
      parameters: {
        country: 'IN',
        values: { name: 'Ada', phone_number: '+919000090000', in_pin_code: '400051', city: 'Mumbai' },
        saved_addresses: [{ id: 'home', value: { name: 'Ada', in_pin_code: '400063' } }],
        validation_errors: { in_pin_code: 'We do not deliver there' }
      }
    }
  }),
  'carousel of links': interactive('carousel', { body, action: { cards: [ctaCard(0), ctaCard(1), ctaCard(2)] } }),
  'carousel of replies': interactive('carousel', { body, action: { cards: [replyCard(0), replyCard(1)] } }),
  'carousel of products': interactive('carousel', { body, action: { cards: [productCard(0), productCard(1)] } }),
  order_details: interactive('order_details', {
    header: { type: 'image', image: { link } },
    body,
    footer,
    action: {
      name: 'review_and_pay',
      parameters: {
        reference_id: 'order_17.a-1',
        type: 'physical-goods',
        payment_settings: [
          { type: 'payment_gateway', payment_gateway: { type: 'razorpay', configuration_name: 'main' } }
        ],
        currency: 'INR',
        total_amount: { value: 1700, offset: 100 },
        order: {
          status: 'pending',
          items: [{ retailer_id: 'sku-1', name: 'Bread', amount, quantity: 1, sale_amount: amount }],
          subtotal: amount,
          tax: { ...amount, value: 100, description: 'GST' },
          shipping: { ...amount, value: 200 },
          discount: { ...amount, value: 100, discount_program_name: 'Regulars' }
        }
      }
    }
  }),
  order_status: interactive('order_status', {
    body,
    action: {
      name: 'review_order',
      parameters: { reference_id: 'order_17.a-1', order: { status: 'shipped', description: 'On its way' } }
    }
  }),
  voice_call: interactive('voice_call', {
    body,
    action: { name: 'voice_call', parameters: { display_text: 'Call us', ttl_minutes: 100, payload: 'from-campaign' } }
  }),
  call_permission_request: interactive('call_permission_request', { action: { name: 'call_permission_request' } }),
  request_contact_info: interactive('request_contact_info', { body, action: { name: 'request_contact_info' } })
}
