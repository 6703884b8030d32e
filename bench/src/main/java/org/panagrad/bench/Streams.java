package org.panagrad.bench;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** Passes over memory that compute next to nothing, and arithmetic without memory: the limits of a machine. */
final class Streams {
  private static final VectorSpecies<Float> LANES = FloatVector.SPECIES_PREFERRED;
  private static final int CHAINS = 12, ROUNDS = 1000;
  /** Of a call of {@link #multiplyAdd}. */
  static final double MULTIPLY_ADDS = (double) CHAINS * ROUNDS * LANES.length();

  private Streams() {
  }

  /** Reads all of it; whole vectors, four at a time. */
  static float read(MemorySegment x) {
    FloatVector a = FloatVector.zero(LANES), b = a, c = a, d = a;
    long step = LANES.vectorByteSize(), end = x.byteSize() / (4 * step) * (4 * step);
    for (long at = 0; at < end; at += 4 * step) {
      a = a.add(load(x, at));
      b = b.add(load(x, at + step));
      c = c.add(load(x, at + 2 * step));
      d = d.add(load(x, at + 3 * step));
    }
    return a.add(b).add(c.add(d)).reduceLanes(VectorOperators.ADD);
  }

  /** Four reads and three writes of each element, three additions between them. */
  static void update(MemorySegment g, MemorySegment p, MemorySegment m, MemorySegment v) {
    long step = LANES.vectorByteSize(), end = p.byteSize() - p.byteSize() % step;
    for (long at = 0; at < end; at += step) {
      FloatVector x = load(g, at);
      add(x, p, at);
      add(x, m, at);
      add(x, v, at);
    }
    for (long at = end; at < p.byteSize(); at += 4) {
      float x = g.get(JAVA_FLOAT, at);
      add(x, p, at);
      add(x, m, at);
      add(x, v, at);
    }
  }

  private static FloatVector load(MemorySegment x, long at) {
    return FloatVector.fromMemorySegment(LANES, x, at, ByteOrder.nativeOrder());
  }

  private static void add(float x, MemorySegment y, long at) {
    y.set(JAVA_FLOAT, at, y.get(JAVA_FLOAT, at) + x);
  }

  private static void add(FloatVector x, MemorySegment y, long at) {
    load(y, at).add(x).intoMemorySegment(y, at, ByteOrder.nativeOrder());
  }

  /** Multiply-adds in as many chains as hide their latency; each stands alone, so that it stays in a register. */
  static float multiplyAdd(float start) {
    FloatVector f = FloatVector.broadcast(LANES, start), s = FloatVector.broadcast(LANES, 1 - start);
    FloatVector a = s, b = s, c = s, d = s, e = s, g = s, h = s, i = s, j = s, k = s, l = s, m = s;
    for (int round = 0; round < ROUNDS; round++) {
      a = a.fma(f, s);
      b = b.fma(f, s);
      c = c.fma(f, s);
      d = d.fma(f, s);
      e = e.fma(f, s);
      g = g.fma(f, s);
      h = h.fma(f, s);
      i = i.fma(f, s);
      j = j.fma(f, s);
      k = k.fma(f, s);
      l = l.fma(f, s);
      m = m.fma(f, s);
    }
    return a.add(b).add(c).add(d).add(e).add(g).add(h).add(i).add(j).add(k).add(l).add(m)
        .reduceLanes(VectorOperators.ADD);
  }
}
