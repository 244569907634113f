import { Type } from 'typebox'
import { AddressMessageSchema } from './interactive/address-message.ts'
import { ButtonsSchema } from './interactive/button.ts'
import { CallPermissionSchema } from './interactive/call-permission.ts'
import { CarouselSchema } from './interactive/carousel.ts'
import { CatalogMessageSchema } from './interactive/catalog-message.ts'
import { ContactRequestSchema } from './interactive/contact-request.ts'
import { CtaUrlSchema } from './interactive/cta-url.ts'
import { FlowSchema } from './interactive/flow.ts'
import { ListSchema } from './interactive/list.ts'
import { LocationRequestSchema } from './interactive/location-request.ts'
import { OrderDetailsSchema } from './interactive/order-details.ts'
import { OrderStatusSchema } from './interactive/order-status.ts'
import { ProductSchema } from './interactive/product.ts'
import { ProductListSchema } from './interactive/product-list.ts'
import { VoiceCallSchema } from './interactive/voice-call.ts'

/** Every kind of interactive message, told apart by `type`. */
export const InteractiveSchema = Type.Union([
  ButtonsSchema,
  ListSchema,
  CtaUrlSchema,
  FlowSchema,
  ProductSchema,
  ProductListSchema,
  CatalogMessageSchema,
  LocationRequestSchema,
  AddressMessageSchema,
  CarouselSchema,
  OrderDetailsSchema,
  OrderStatusSchema,
  VoiceCallSchema,
  CallPermissionSchema,
  ContactRequestSchema
])
