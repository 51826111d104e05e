import type { Shapes } from "../shape";

/** Orders, and questions about products. */
export const ORDERS: Shapes = {
  "an order": {
    message: {
      type: "order",
      order: {
        catalog_id: "{words}",
        text: "{words}",
        product_items: [
          {
            product_retailer_id: "{words}",
            quantity: "{words}",
            item_price: "{words}",
            currency: "{words}",
            name: "{words}",
          },
        ],
        "{words}": "{words}",
      },
    },
  },
  "a question about a product": {
    message: {
      type: "text",
      text: { body: "{words}" },
      context: {
        from: "{words}",
        id: "{words}",
        referred_product: { catalog_id: "{words}", product_retailer_id: "{words}" },
      },
    },
  },
};
