import dagre from '@dagrejs/dagre';
import type { MapEdge, MapNode, SystemMap } from '@orders/local-aws';

export interface PlacedNode extends MapNode {
  /** The middle of the box. */
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface PlacedEdge extends MapEdge {
  /** An SVG path. */
  path: string;
  /** Where its count is. */
  middle: { x: number; y: number };
}

export interface Layout {
  nodes: PlacedNode[];
  edges: PlacedEdge[];
  width: number;
  height: number;
}

const height = 44;
/** The width of a box for its longer line, in pixels: a letter has about 7. */
const widthOf = ({ kind, name }: MapNode) => Math.max(kind.length, name.length) * 7.4 + 24;

/** Lays the map out from left to right, by layers. */
export function layOut({ nodes, edges }: SystemMap): Layout {
  const graph = new dagre.graphlib.Graph();
  graph.setGraph({ rankdir: 'LR', nodesep: 18, ranksep: 56, marginx: 12, marginy: 12 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const node of nodes) graph.setNode(node.id, { width: widthOf(node), height });
  for (const edge of edges) graph.setEdge(edge.from, edge.to);
  dagre.layout(graph);
  const { width = 0, height: tall = 0 } = graph.graph() as { width?: number; height?: number };
  return {
    width,
    height: tall,
    nodes: nodes.map((node) => {
      const { x, y } = graph.node(node.id) as { x: number; y: number };
      return { ...node, x, y, width: widthOf(node), height };
    }),
    edges: edges.map((edge) => {
      const { points } = graph.edge(edge.from, edge.to) as { points: { x: number; y: number }[] };
      const middle = points[Math.floor(points.length / 2)] ?? { x: 0, y: 0 };
      return { ...edge, path: pathOf(points), middle };
    }),
  };
}

/** A smooth line through the points. */
function pathOf([first, ...others]: readonly { x: number; y: number }[]): string {
  if (!first) return '';
  let path = `M${first.x},${first.y}`;
  let from = first;
  for (const to of others) {
    const middle = (from.x + to.x) / 2;
    path += `C${middle},${from.y} ${middle},${to.y} ${to.x},${to.y}`;
    from = to;
  }
  return path;
}
