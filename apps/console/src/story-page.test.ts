import { expect, test } from '@jest/globals';
import { storyPage } from './story-page.ts';
import { makeEvent, makeTrace } from './testing.ts';

const hostile = `<img src=x onerror="alert(1)">'&`;

/** An order with everything that a client, a function or a partner can put into a text. */
function hostileStory() {
  const { model, begin, end, fail } = makeTrace();
  const request = begin('f', { kind: 'request', method: 'POST', path: `/${hostile}`, sent: hostile });
  const invocation = begin('f', { kind: 'invocation', function: hostile });
  const event = { ...makeEvent(hostile, hostile), source: hostile };
  const placed = begin('f', { kind: 'event', bus: hostile, event }, { subject: hostile });
  fail(begin('f', { kind: 'delivery', rule: hostile, target: hostile }, { parentId: placed }), hostile);
  end(placed, { nearMisses: [{ rule: hostile, sentence: hostile }] });
  end(invocation);
  end(request, { status: 202, answer: hostile });
  const subject = model.subject(hostile);
  if (!subject) throw new Error('It has no order');
  return storyPage(subject, new Map([[invocation, [hostile]]]), () => hostile);
}

test('the story as a page has each step, what it had, and its log lines, with every text as text', () => {
  const page = hostileStory();
  const escaped = '&lt;img src=x onerror=&quot;alert(1)&quot;&gt;&#39;&amp;';
  expect(page).not.toContain('<img');
  expect(page.match(/<details class="(succeeded|failed)">/g)).toHaveLength(4);
  for (const place of [
    `<title>Order ${escaped}</title>`,
    `POST /${escaped}</span>`,
    `<span class="error">${escaped}</span>`,
    `The rule ${escaped} nearly took it: ${escaped}.`,
    `<h2>What was sent</h2>\n<pre>${escaped}</pre>`,
    `<h2>Log</h2>\n<pre>${escaped}</pre>`,
  ]) {
    expect(page).toContain(place);
  }
});

test('the story as a page has no script, and neither loads nor links to anything', () => {
  const page = hostileStory();
  expect(page).not.toMatch(/<(script|link|a|iframe|object|form)\b|\b(src|href|url)\s*[=(](?!x)/i);
  expect(page).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
});
