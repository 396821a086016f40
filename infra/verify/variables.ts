/** The variables that a deploy needs. */
export const variables: Record<string, string> = {
  us_partner_endpoint: 'https://partner.example/orders',
  us_partner_api_key: 'the-key-of-the-partner',
  alarm_email: 'on-call@shop.example',
  jwt_issuer: 'https://login.shop.example/',
  jwt_audience: 'orders',
};
