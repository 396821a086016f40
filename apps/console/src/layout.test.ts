import { expect, test } from '@jest/globals';
import { layOut } from './layout.ts';

test('the map goes from left to right, and no box is on another', () => {
  const nodes = ['a', 'b', 'c', 'd'].map((name) => ({ id: name, kind: 'queue' as const, name, arn: name }));
  const edge = (from: string, to: string) => ({ from, to, kind: 'call' as const });
  const {
    nodes: placed,
    edges,
    width,
    height,
  } = layOut({ nodes, edges: [edge('a', 'b'), edge('a', 'c'), edge('b', 'd')] });
  const [a, b, c, d] = placed;
  expect((a?.x ?? 0) < (b?.x ?? 0) && (b?.x ?? 0) < (d?.x ?? 0)).toBe(true);
  expect(Math.abs((b?.y ?? 0) - (c?.y ?? 0))).toBeGreaterThanOrEqual(b?.height ?? 0);
  expect(edges.every(({ path }) => /^M[\d.]+,[\d.]+C/.test(path))).toBe(true);
  expect(placed.every(({ x, y }) => x > 0 && x < width && y > 0 && y < height)).toBe(true);
});
