import { AwsError } from './aws-error.ts';
import { AwsTime } from './aws-time.ts';
import { callerOf, type Door, signedFor } from './caller.ts';
import { readForm } from './form-input.ts';
import type { HttpHandler, HttpRequest, HttpResponse } from './http.ts';
import type { ServiceOperations } from './operation.ts';

/** What `x-amz-target` would begin with, of the services that are asked by forms and answer in XML. */
const targets: Readonly<Record<string, string>> = {
  monitoring: 'GraniteServiceVersion20100801',
  sts: 'AWSSecurityTokenServiceV20110615',
};

/** Services with a protocol of their own, REST with XML. None of them is here. */
const restServices = ['s3', 's3express', 'route53', 'cloudfront'];

/**
 * The wire protocols of AWS that have XML: forms that name an action, as `aws sts get-caller-identity` sends them, and REST.
 * A client of theirs can read no other answer, not even that something isn't known here.
 *
 * @param services whose parameters the forms have as texts
 * @returns answers requests that are signed for a service, and come by one of these protocols
 */
export function createXmlProtocols(
  { dispatch, iam, trace }: Door,
  services: readonly Pick<ServiceOperations, 'target' | 'operations'>[],
): HttpHandler {
  const answerForm = async (service: string, request: HttpRequest): Promise<HttpResponse> => {
    const { Action = '', Version = '', ...form } = Object.fromEntries(formOf(request));
    try {
      const target = targets[service];
      if (target === undefined) throw unknown(`${Action} of ${service} by this protocol`);
      const caller = callerOf(request.headers, iam, trace);
      const { operations = {} } = services.find((each) => each.target === target) ?? {};
      const input = readForm(Object.entries(form), operations[Action]?.parameters ?? {});
      const output = await dispatch(`${target}.${Action}`, input, caller, request);
      const result = tag(`${Action}Result`, output);
      const namespace = `https://${service}.amazonaws.com/doc/${Version}/`;
      return xmlResponse(
        200,
        `<${Action}Response xmlns="${escapeXml(namespace)}">${result}</${Action}Response>`,
      );
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      const told = tag('Error', { Type: 'Sender', Code: error.name, Message: error.message });
      return xmlResponse(error.status, `<ErrorResponse>${told}</ErrorResponse>`);
    }
  };

  return (request) => {
    const service = signedFor(request);
    // What is signed for an API of the stack is the API's to read.
    if (service === undefined || service === 'execute-api') return undefined;
    if (restServices.includes(service)) {
      const { name, message } = unknown(service);
      return Promise.resolve(xmlResponse(501, tag('Error', { Code: name, Message: message })));
    }
    const isForm = request.headers['content-type']?.startsWith('application/x-www-form-urlencoded') ?? false;
    return isForm && request.path === '/' && formOf(request).has('Action')
      ? answerForm(service, request)
      : undefined;
  };
}

const unknown = (what: string) =>
  new AwsError(
    'UnknownOperationException',
    `The local run doesn't know ${what}. docs/local-aws.md lists what it knows; the AWS CLI asks for it by JSON from 2.15 on`,
  );

const formOf = ({ body }: HttpRequest) => new URLSearchParams(body.toString());

const xmlResponse = (status: number, xml: string): HttpResponse => ({
  status,
  headers: { 'content-type': 'text/xml' },
  body: Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>\n${xml}\n`),
});

/** A value as an element: the members of an object are elements in it, and so are the items of a list. */
const tag = (name: string, value: unknown): string => {
  if (value === undefined) return '';
  return `<${name}>${contentOf(value)}</${name}>`;
};

function contentOf(value: unknown): string {
  if (value instanceof AwsTime) return new Date(value.ms).toISOString();
  if (Array.isArray(value)) return value.map((each) => tag('member', each)).join('');
  if (typeof value !== 'object' || value === null) return escapeXml(String(value));
  return Object.entries(value)
    .map(([member, of]) => tag(member, of))
    .join('');
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escapeXml = (text: string) => text.replace(/[&<>"]/g, (character) => entities[character] ?? '');
