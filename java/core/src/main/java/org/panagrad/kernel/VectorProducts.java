package org.panagrad.kernel;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;
import static org.panagrad.kernel.Vectors.FLOATS;
import static org.panagrad.kernel.Vectors.INTS;
import static org.panagrad.kernel.Vectors.ORDER;
import static org.panagrad.kernel.Vectors.STEP;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import org.jspecify.annotations.Nullable;

/** The loops of {@link VectorLoops.Products}, in copies as {@link Vectors} tells. */
final class VectorProducts implements VectorLoops.Products {
  /** The class of all segments of this copy, null for any. */
  private static final @Nullable Class<?> KIND = Vectors.kind(MethodHandles.lookup());

  @Override
  public void multiply4x4(MemorySegment a, long aBase, long aRow, long aStep, MemorySegment b, long bBase, long ldb,
      MemorySegment c, long to, long ldc, int depth, boolean fresh) {
    if (KIND != null && (a.getClass() != KIND || b.getClass() != KIND || c.getClass() != KIND)) {
      throw Vectors.strange(KIND);
    }
    FloatVector c00 = broadcast(FLOATS, 0), c01 = c00, c02 = c00, c03 = c00;
    FloatVector c10 = c00, c11 = c00, c12 = c00, c13 = c00;
    FloatVector c20 = c00, c21 = c00, c22 = c00, c23 = c00;
    FloatVector c30 = c00, c31 = c00, c32 = c00, c33 = c00;
    if (!fresh) {
      c00 = fromMemorySegment(FLOATS, c, to, ORDER);
      c01 = fromMemorySegment(FLOATS, c, to + STEP, ORDER);
      c02 = fromMemorySegment(FLOATS, c, to + 2 * STEP, ORDER);
      c03 = fromMemorySegment(FLOATS, c, to + 3 * STEP, ORDER);
      c10 = fromMemorySegment(FLOATS, c, to + ldc, ORDER);
      c11 = fromMemorySegment(FLOATS, c, to + ldc + STEP, ORDER);
      c12 = fromMemorySegment(FLOATS, c, to + ldc + 2 * STEP, ORDER);
      c13 = fromMemorySegment(FLOATS, c, to + ldc + 3 * STEP, ORDER);
      c20 = fromMemorySegment(FLOATS, c, to + 2 * ldc, ORDER);
      c21 = fromMemorySegment(FLOATS, c, to + 2 * ldc + STEP, ORDER);
      c22 = fromMemorySegment(FLOATS, c, to + 2 * ldc + 2 * STEP, ORDER);
      c23 = fromMemorySegment(FLOATS, c, to + 2 * ldc + 3 * STEP, ORDER);
      c30 = fromMemorySegment(FLOATS, c, to + 3 * ldc, ORDER);
      c31 = fromMemorySegment(FLOATS, c, to + 3 * ldc + STEP, ORDER);
      c32 = fromMemorySegment(FLOATS, c, to + 3 * ldc + 2 * STEP, ORDER);
      c33 = fromMemorySegment(FLOATS, c, to + 3 * ldc + 3 * STEP, ORDER);
    }
    for (int p = 0; p < depth; p++) {
      long ap = aBase + p * aStep, bp = bBase + p * ldb;
      FloatVector b0 = fromMemorySegment(FLOATS, b, bp, ORDER);
      FloatVector b1 = fromMemorySegment(FLOATS, b, bp + STEP, ORDER);
      FloatVector b2 = fromMemorySegment(FLOATS, b, bp + 2 * STEP, ORDER);
      FloatVector b3 = fromMemorySegment(FLOATS, b, bp + 3 * STEP, ORDER);
      FloatVector f0 = IntVector.broadcast(INTS, a.get(JAVA_INT_UNALIGNED, ap)).reinterpretAsFloats();
      c00 = f0.fma(b0, c00);
      c01 = f0.fma(b1, c01);
      c02 = f0.fma(b2, c02);
      c03 = f0.fma(b3, c03);
      FloatVector f1 = IntVector.broadcast(INTS, a.get(JAVA_INT_UNALIGNED, ap + aRow)).reinterpretAsFloats();
      c10 = f1.fma(b0, c10);
      c11 = f1.fma(b1, c11);
      c12 = f1.fma(b2, c12);
      c13 = f1.fma(b3, c13);
      FloatVector f2 = IntVector.broadcast(INTS, a.get(JAVA_INT_UNALIGNED, ap + 2 * aRow)).reinterpretAsFloats();
      c20 = f2.fma(b0, c20);
      c21 = f2.fma(b1, c21);
      c22 = f2.fma(b2, c22);
      c23 = f2.fma(b3, c23);
      FloatVector f3 = IntVector.broadcast(INTS, a.get(JAVA_INT_UNALIGNED, ap + 3 * aRow)).reinterpretAsFloats();
      c30 = f3.fma(b0, c30);
      c31 = f3.fma(b1, c31);
      c32 = f3.fma(b2, c32);
      c33 = f3.fma(b3, c33);
    }
    c00.intoMemorySegment(c, to, ORDER);
    c01.intoMemorySegment(c, to + STEP, ORDER);
    c02.intoMemorySegment(c, to + 2 * STEP, ORDER);
    c03.intoMemorySegment(c, to + 3 * STEP, ORDER);
    c10.intoMemorySegment(c, to + ldc, ORDER);
    c11.intoMemorySegment(c, to + ldc + STEP, ORDER);
    c12.intoMemorySegment(c, to + ldc + 2 * STEP, ORDER);
    c13.intoMemorySegment(c, to + ldc + 3 * STEP, ORDER);
    c20.intoMemorySegment(c, to + 2 * ldc, ORDER);
    c21.intoMemorySegment(c, to + 2 * ldc + STEP, ORDER);
    c22.intoMemorySegment(c, to + 2 * ldc + 2 * STEP, ORDER);
    c23.intoMemorySegment(c, to + 2 * ldc + 3 * STEP, ORDER);
    c30.intoMemorySegment(c, to + 3 * ldc, ORDER);
    c31.intoMemorySegment(c, to + 3 * ldc + STEP, ORDER);
    c32.intoMemorySegment(c, to + 3 * ldc + 2 * STEP, ORDER);
    c33.intoMemorySegment(c, to + 3 * ldc + 3 * STEP, ORDER);
  }

  @Override
  public void multiply6x2(MemorySegment a, long aBase, long aRow, long aStep, MemorySegment b, long bBase, long ldb,
      MemorySegment c, long to, long ldc, int depth, boolean fresh) {
    if (KIND != null && (a.getClass() != KIND || b.getClass() != KIND || c.getClass() != KIND)) {
      throw Vectors.strange(KIND);
    }
    FloatVector c00 = broadcast(FLOATS, 0), c01 = c00;
    FloatVector c10 = c00, c11 = c00;
    FloatVector c20 = c00, c21 = c00;
    FloatVector c30 = c00, c31 = c00;
    FloatVector c40 = c00, c41 = c00;
    FloatVector c50 = c00, c51 = c00;
    if (!fresh) {
      c00 = fromMemorySegment(FLOATS, c, to, ORDER);
      c01 = fromMemorySegment(FLOATS, c, to + STEP, ORDER);
      c10 = fromMemorySegment(FLOATS, c, to + ldc, ORDER);
      c11 = fromMemorySegment(FLOATS, c, to + ldc + STEP, ORDER);
      c20 = fromMemorySegment(FLOATS, c, to + 2 * ldc, ORDER);
      c21 = fromMemorySegment(FLOATS, c, to + 2 * ldc + STEP, ORDER);
      c30 = fromMemorySegment(FLOATS, c, to + 3 * ldc, ORDER);
      c31 = fromMemorySegment(FLOATS, c, to + 3 * ldc + STEP, ORDER);
      c40 = fromMemorySegment(FLOATS, c, to + 4 * ldc, ORDER);
      c41 = fromMemorySegment(FLOATS, c, to + 4 * ldc + STEP, ORDER);
      c50 = fromMemorySegment(FLOATS, c, to + 5 * ldc, ORDER);
      c51 = fromMemorySegment(FLOATS, c, to + 5 * ldc + STEP, ORDER);
    }
    for (int p = 0; p < depth; p++) {
      long ap = aBase + p * aStep, bp = bBase + p * ldb;
      FloatVector b0 = fromMemorySegment(FLOATS, b, bp, ORDER);
      FloatVector b1 = fromMemorySegment(FLOATS, b, bp + STEP, ORDER);
      FloatVector f0 = IntVector.broadcast(INTS, a.get(JAVA_INT_UNALIGNED, ap)).reinterpretAsFloats();
      c00 = f0.fma(b0, c00);
      c01 = f0.fma(b1, c01);
      FloatVector f1 = IntVector.broadcast(INTS, a.get(JAVA_INT_UNALIGNED, ap + aRow)).reinterpretAsFloats();
      c10 = f1.fma(b0, c10);
      c11 = f1.fma(b1, c11);
      FloatVector f2 = IntVector.broadcast(INTS, a.get(JAVA_INT_UNALIGNED, ap + 2 * aRow)).reinterpretAsFloats();
      c20 = f2.fma(b0, c20);
      c21 = f2.fma(b1, c21);
      FloatVector f3 = IntVector.broadcast(INTS, a.get(JAVA_INT_UNALIGNED, ap + 3 * aRow)).reinterpretAsFloats();
      c30 = f3.fma(b0, c30);
      c31 = f3.fma(b1, c31);
      FloatVector f4 = IntVector.broadcast(INTS, a.get(JAVA_INT_UNALIGNED, ap + 4 * aRow)).reinterpretAsFloats();
      c40 = f4.fma(b0, c40);
      c41 = f4.fma(b1, c41);
      FloatVector f5 = IntVector.broadcast(INTS, a.get(JAVA_INT_UNALIGNED, ap + 5 * aRow)).reinterpretAsFloats();
      c50 = f5.fma(b0, c50);
      c51 = f5.fma(b1, c51);
    }
    c00.intoMemorySegment(c, to, ORDER);
    c01.intoMemorySegment(c, to + STEP, ORDER);
    c10.intoMemorySegment(c, to + ldc, ORDER);
    c11.intoMemorySegment(c, to + ldc + STEP, ORDER);
    c20.intoMemorySegment(c, to + 2 * ldc, ORDER);
    c21.intoMemorySegment(c, to + 2 * ldc + STEP, ORDER);
    c30.intoMemorySegment(c, to + 3 * ldc, ORDER);
    c31.intoMemorySegment(c, to + 3 * ldc + STEP, ORDER);
    c40.intoMemorySegment(c, to + 4 * ldc, ORDER);
    c41.intoMemorySegment(c, to + 4 * ldc + STEP, ORDER);
    c50.intoMemorySegment(c, to + 5 * ldc, ORDER);
    c51.intoMemorySegment(c, to + 5 * ldc + STEP, ORDER);
  }

  @Override
  public void multiply6x1(MemorySegment a, long aBase, long aRow, long aStep, MemorySegment b, long bBase, long ldb,
      MemorySegment c, long to, long ldc, int depth, boolean fresh) {
    if (KIND != null && (a.getClass() != KIND || b.getClass() != KIND || c.getClass() != KIND)) {
      throw Vectors.strange(KIND);
    }
    FloatVector c0 = broadcast(FLOATS, 0);
    FloatVector c1 = c0;
    FloatVector c2 = c0;
    FloatVector c3 = c0;
    FloatVector c4 = c0;
    FloatVector c5 = c0;
    if (!fresh) {
      c0 = fromMemorySegment(FLOATS, c, to, ORDER);
      c1 = fromMemorySegment(FLOATS, c, to + ldc, ORDER);
      c2 = fromMemorySegment(FLOATS, c, to + 2 * ldc, ORDER);
      c3 = fromMemorySegment(FLOATS, c, to + 3 * ldc, ORDER);
      c4 = fromMemorySegment(FLOATS, c, to + 4 * ldc, ORDER);
      c5 = fromMemorySegment(FLOATS, c, to + 5 * ldc, ORDER);
    }
    for (int p = 0; p < depth; p++) {
      long ap = aBase + p * aStep, bp = bBase + p * ldb;
      FloatVector row = fromMemorySegment(FLOATS, b, bp, ORDER);
      FloatVector f0 = IntVector.broadcast(INTS, a.get(JAVA_INT_UNALIGNED, ap)).reinterpretAsFloats();
      c0 = f0.fma(row, c0);
      FloatVector f1 = IntVector.broadcast(INTS, a.get(JAVA_INT_UNALIGNED, ap + aRow)).reinterpretAsFloats();
      c1 = f1.fma(row, c1);
      FloatVector f2 = IntVector.broadcast(INTS, a.get(JAVA_INT_UNALIGNED, ap + 2 * aRow)).reinterpretAsFloats();
      c2 = f2.fma(row, c2);
      FloatVector f3 = IntVector.broadcast(INTS, a.get(JAVA_INT_UNALIGNED, ap + 3 * aRow)).reinterpretAsFloats();
      c3 = f3.fma(row, c3);
      FloatVector f4 = IntVector.broadcast(INTS, a.get(JAVA_INT_UNALIGNED, ap + 4 * aRow)).reinterpretAsFloats();
      c4 = f4.fma(row, c4);
      FloatVector f5 = IntVector.broadcast(INTS, a.get(JAVA_INT_UNALIGNED, ap + 5 * aRow)).reinterpretAsFloats();
      c5 = f5.fma(row, c5);
    }
    c0.intoMemorySegment(c, to, ORDER);
    c1.intoMemorySegment(c, to + ldc, ORDER);
    c2.intoMemorySegment(c, to + 2 * ldc, ORDER);
    c3.intoMemorySegment(c, to + 3 * ldc, ORDER);
    c4.intoMemorySegment(c, to + 4 * ldc, ORDER);
    c5.intoMemorySegment(c, to + 5 * ldc, ORDER);
  }

  @Override
  public void multiply1x4(MemorySegment a, long aBase, long aRow, long aStep, MemorySegment b, long bBase, long ldb,
      MemorySegment c, long to, long ldc, int depth, boolean fresh) {
    if (KIND != null && (a.getClass() != KIND || b.getClass() != KIND || c.getClass() != KIND)) {
      throw Vectors.strange(KIND);
    }
    FloatVector c00 = broadcast(FLOATS, 0), c01 = c00, c02 = c00, c03 = c00;
    if (!fresh) {
      c00 = fromMemorySegment(FLOATS, c, to, ORDER);
      c01 = fromMemorySegment(FLOATS, c, to + STEP, ORDER);
      c02 = fromMemorySegment(FLOATS, c, to + 2 * STEP, ORDER);
      c03 = fromMemorySegment(FLOATS, c, to + 3 * STEP, ORDER);
    }
    for (int p = 0; p < depth; p++) {
      long ap = aBase + p * aStep, bp = bBase + p * ldb;
      FloatVector b0 = fromMemorySegment(FLOATS, b, bp, ORDER);
      FloatVector b1 = fromMemorySegment(FLOATS, b, bp + STEP, ORDER);
      FloatVector b2 = fromMemorySegment(FLOATS, b, bp + 2 * STEP, ORDER);
      FloatVector b3 = fromMemorySegment(FLOATS, b, bp + 3 * STEP, ORDER);
      FloatVector f = IntVector.broadcast(INTS, a.get(JAVA_INT_UNALIGNED, ap)).reinterpretAsFloats();
      c00 = f.fma(b0, c00);
      c01 = f.fma(b1, c01);
      c02 = f.fma(b2, c02);
      c03 = f.fma(b3, c03);
    }
    c00.intoMemorySegment(c, to, ORDER);
    c01.intoMemorySegment(c, to + STEP, ORDER);
    c02.intoMemorySegment(c, to + 2 * STEP, ORDER);
    c03.intoMemorySegment(c, to + 3 * STEP, ORDER);
  }

  @Override
  public void multiply1x1(MemorySegment a, long aBase, long aRow, long aStep, MemorySegment b, long bBase, long ldb,
      MemorySegment c, long to, long ldc, int depth, boolean fresh) {
    if (KIND != null && (a.getClass() != KIND || b.getClass() != KIND || c.getClass() != KIND)) {
      throw Vectors.strange(KIND);
    }
    FloatVector c0 = broadcast(FLOATS, 0);
    if (!fresh) {
      c0 = fromMemorySegment(FLOATS, c, to, ORDER);
    }
    for (int p = 0; p < depth; p++) {
      long ap = aBase + p * aStep, bp = bBase + p * ldb;
      FloatVector row = fromMemorySegment(FLOATS, b, bp, ORDER);
      FloatVector f = IntVector.broadcast(INTS, a.get(JAVA_INT_UNALIGNED, ap)).reinterpretAsFloats();
      c0 = f.fma(row, c0);
    }
    c0.intoMemorySegment(c, to, ORDER);
  }
}
