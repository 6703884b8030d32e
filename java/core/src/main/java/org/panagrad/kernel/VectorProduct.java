package org.panagrad.kernel;

import static org.panagrad.kernel.VectorLanes.BYTES;
import static org.panagrad.kernel.VectorLanes.L;
import static org.panagrad.kernel.VectorLanes.STEP;
import static org.panagrad.kernel.VectorLanes.all;
import static org.panagrad.kernel.VectorLanes.load;
import static org.panagrad.kernel.VectorLanes.spread;
import static org.panagrad.kernel.VectorLanes.store;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

final class VectorProduct {
  static final int DEPTH = Integer.getInteger("depth", 64), ROWS = 6;

  private VectorProduct() {
  }

  static void multiply(MemorySegment a, MemorySegment b, MemorySegment c, long n, long k, long aRow, long aStep,
      long ldb, long ldc, boolean accumulate, long from, long to) {
    for (long j = 0; j < n;) {
      long left = n - j;
      int vectors = left >= 4 * L && L == 16 ? 4 : left >= 2 * L ? 2 : 1;
      int columns = (int) Math.min(left, vectors * L);
      long p = 0;
      do {
        int depth = (int) Math.min(DEPTH, k - p);
        boolean fresh = !accumulate && p == 0;
        for (long i = from; i < to;) {
          long ao = (i * aRow + p * aStep) * BYTES, bo = (p * ldb + j) * BYTES, co = (i * ldc + j) * BYTES;
          int rows = to - i >= ROWS ? ROWS : 1;
          rows(a, ao, aRow * BYTES, aStep * BYTES, b, bo, ldb * BYTES, c, co, ldc * BYTES, depth, fresh, rows, vectors, columns);
          i += rows;
        }
        p += depth;
      } while (p < k);
      j += columns;
    }
  }

  private static void rows(MemorySegment a, long ao, long aRow, long aStep, MemorySegment b, long bo, long ldb,
      MemorySegment c, long co, long ldc, int depth, boolean fresh, int rows, int vectors, int columns) {
    if (rows == ROWS) {
      if (vectors == 4) tile6x4(a, ao, aRow, aStep, b, bo, ldb, c, co, ldc, depth, fresh);
      else if (vectors == 2) tile6x2(a, ao, aRow, aStep, b, bo, ldb, c, co, ldc, depth, fresh);
      else if (columns == L) tile6x1(a, ao, aRow, aStep, b, bo, ldb, c, co, ldc, depth, fresh, L);
      else tile6x1(a, ao, aRow, aStep, b, bo, ldb, c, co, ldc, depth, fresh, columns);
    } else {
      if (vectors == 4) tile1x4(a, ao, aRow, aStep, b, bo, ldb, c, co, ldc, depth, fresh);
      else if (vectors == 2) tile1x2(a, ao, aRow, aStep, b, bo, ldb, c, co, ldc, depth, fresh);
      else tile1x1(a, ao, aRow, aStep, b, bo, ldb, c, co, ldc, depth, fresh, columns);
    }
  }

  private static FloatVector start(MemorySegment c, long o, boolean fresh) {
    return fresh ? all(0) : load(c, o);
  }

  private static FloatVector start(MemorySegment c, long o, boolean fresh, int n) {
    return fresh ? all(0) : load(c, o, n);
  }

  private static void tile6x4(MemorySegment a, long ao, long aRow, long aStep, MemorySegment b, long bo, long ldb,
      MemorySegment c, long co, long ldc, int depth, boolean fresh) {
    FloatVector c00 = start(c, co, fresh), c01 = start(c, co + STEP, fresh), c02 = start(c, co + 2 * STEP, fresh), c03 = start(c, co + 3 * STEP, fresh);
    FloatVector c10 = start(c, co + ldc, fresh), c11 = start(c, co + ldc + STEP, fresh), c12 = start(c, co + ldc + 2 * STEP, fresh), c13 = start(c, co + ldc + 3 * STEP, fresh);
    FloatVector c20 = start(c, co + 2 * ldc, fresh), c21 = start(c, co + 2 * ldc + STEP, fresh), c22 = start(c, co + 2 * ldc + 2 * STEP, fresh), c23 = start(c, co + 2 * ldc + 3 * STEP, fresh);
    FloatVector c30 = start(c, co + 3 * ldc, fresh), c31 = start(c, co + 3 * ldc + STEP, fresh), c32 = start(c, co + 3 * ldc + 2 * STEP, fresh), c33 = start(c, co + 3 * ldc + 3 * STEP, fresh);
    FloatVector c40 = start(c, co + 4 * ldc, fresh), c41 = start(c, co + 4 * ldc + STEP, fresh), c42 = start(c, co + 4 * ldc + 2 * STEP, fresh), c43 = start(c, co + 4 * ldc + 3 * STEP, fresh);
    FloatVector c50 = start(c, co + 5 * ldc, fresh), c51 = start(c, co + 5 * ldc + STEP, fresh), c52 = start(c, co + 5 * ldc + 2 * STEP, fresh), c53 = start(c, co + 5 * ldc + 3 * STEP, fresh);
    for (int p = 0; p < depth; p++) {
      long ap = ao + p * aStep, bp = bo + p * ldb;
      FloatVector b0 = load(b, bp), b1 = load(b, bp + STEP), b2 = load(b, bp + 2 * STEP), b3 = load(b, bp + 3 * STEP);
      FloatVector f = spread(a, ap);
      c00 = f.fma(b0, c00);
      c01 = f.fma(b1, c01);
      c02 = f.fma(b2, c02);
      c03 = f.fma(b3, c03);
      f = spread(a, ap + aRow);
      c10 = f.fma(b0, c10);
      c11 = f.fma(b1, c11);
      c12 = f.fma(b2, c12);
      c13 = f.fma(b3, c13);
      f = spread(a, ap + 2 * aRow);
      c20 = f.fma(b0, c20);
      c21 = f.fma(b1, c21);
      c22 = f.fma(b2, c22);
      c23 = f.fma(b3, c23);
      f = spread(a, ap + 3 * aRow);
      c30 = f.fma(b0, c30);
      c31 = f.fma(b1, c31);
      c32 = f.fma(b2, c32);
      c33 = f.fma(b3, c33);
      f = spread(a, ap + 4 * aRow);
      c40 = f.fma(b0, c40);
      c41 = f.fma(b1, c41);
      c42 = f.fma(b2, c42);
      c43 = f.fma(b3, c43);
      f = spread(a, ap + 5 * aRow);
      c50 = f.fma(b0, c50);
      c51 = f.fma(b1, c51);
      c52 = f.fma(b2, c52);
      c53 = f.fma(b3, c53);
    }
    store(c, co, c00);
    store(c, co + STEP, c01);
    store(c, co + 2 * STEP, c02);
    store(c, co + 3 * STEP, c03);
    store(c, co + ldc, c10);
    store(c, co + ldc + STEP, c11);
    store(c, co + ldc + 2 * STEP, c12);
    store(c, co + ldc + 3 * STEP, c13);
    store(c, co + 2 * ldc, c20);
    store(c, co + 2 * ldc + STEP, c21);
    store(c, co + 2 * ldc + 2 * STEP, c22);
    store(c, co + 2 * ldc + 3 * STEP, c23);
    store(c, co + 3 * ldc, c30);
    store(c, co + 3 * ldc + STEP, c31);
    store(c, co + 3 * ldc + 2 * STEP, c32);
    store(c, co + 3 * ldc + 3 * STEP, c33);
    store(c, co + 4 * ldc, c40);
    store(c, co + 4 * ldc + STEP, c41);
    store(c, co + 4 * ldc + 2 * STEP, c42);
    store(c, co + 4 * ldc + 3 * STEP, c43);
    store(c, co + 5 * ldc, c50);
    store(c, co + 5 * ldc + STEP, c51);
    store(c, co + 5 * ldc + 2 * STEP, c52);
    store(c, co + 5 * ldc + 3 * STEP, c53);
  }

  private static void tile6x2(MemorySegment a, long ao, long aRow, long aStep, MemorySegment b, long bo, long ldb,
      MemorySegment c, long co, long ldc, int depth, boolean fresh) {
    FloatVector c00 = start(c, co, fresh), c01 = start(c, co + STEP, fresh);
    FloatVector c10 = start(c, co + ldc, fresh), c11 = start(c, co + ldc + STEP, fresh);
    FloatVector c20 = start(c, co + 2 * ldc, fresh), c21 = start(c, co + 2 * ldc + STEP, fresh);
    FloatVector c30 = start(c, co + 3 * ldc, fresh), c31 = start(c, co + 3 * ldc + STEP, fresh);
    FloatVector c40 = start(c, co + 4 * ldc, fresh), c41 = start(c, co + 4 * ldc + STEP, fresh);
    FloatVector c50 = start(c, co + 5 * ldc, fresh), c51 = start(c, co + 5 * ldc + STEP, fresh);
    for (int p = 0; p < depth; p++) {
      long ap = ao + p * aStep, bp = bo + p * ldb;
      FloatVector b0 = load(b, bp), b1 = load(b, bp + STEP);
      FloatVector f = spread(a, ap);
      c00 = f.fma(b0, c00);
      c01 = f.fma(b1, c01);
      f = spread(a, ap + aRow);
      c10 = f.fma(b0, c10);
      c11 = f.fma(b1, c11);
      f = spread(a, ap + 2 * aRow);
      c20 = f.fma(b0, c20);
      c21 = f.fma(b1, c21);
      f = spread(a, ap + 3 * aRow);
      c30 = f.fma(b0, c30);
      c31 = f.fma(b1, c31);
      f = spread(a, ap + 4 * aRow);
      c40 = f.fma(b0, c40);
      c41 = f.fma(b1, c41);
      f = spread(a, ap + 5 * aRow);
      c50 = f.fma(b0, c50);
      c51 = f.fma(b1, c51);
    }
    store(c, co, c00);
    store(c, co + STEP, c01);
    store(c, co + ldc, c10);
    store(c, co + ldc + STEP, c11);
    store(c, co + 2 * ldc, c20);
    store(c, co + 2 * ldc + STEP, c21);
    store(c, co + 3 * ldc, c30);
    store(c, co + 3 * ldc + STEP, c31);
    store(c, co + 4 * ldc, c40);
    store(c, co + 4 * ldc + STEP, c41);
    store(c, co + 5 * ldc, c50);
    store(c, co + 5 * ldc + STEP, c51);
  }

  private static void tile6x1(MemorySegment a, long ao, long aRow, long aStep, MemorySegment b, long bo, long ldb,
      MemorySegment c, long co, long ldc, int depth, boolean fresh, int n) {
    FloatVector c00 = start(c, co, fresh, n);
    FloatVector c10 = start(c, co + ldc, fresh, n);
    FloatVector c20 = start(c, co + 2 * ldc, fresh, n);
    FloatVector c30 = start(c, co + 3 * ldc, fresh, n);
    FloatVector c40 = start(c, co + 4 * ldc, fresh, n);
    FloatVector c50 = start(c, co + 5 * ldc, fresh, n);
    for (int p = 0; p < depth; p++) {
      long ap = ao + p * aStep, bp = bo + p * ldb;
      FloatVector b0 = load(b, bp, n);
      FloatVector f = spread(a, ap);
      c00 = f.fma(b0, c00);
      f = spread(a, ap + aRow);
      c10 = f.fma(b0, c10);
      f = spread(a, ap + 2 * aRow);
      c20 = f.fma(b0, c20);
      f = spread(a, ap + 3 * aRow);
      c30 = f.fma(b0, c30);
      f = spread(a, ap + 4 * aRow);
      c40 = f.fma(b0, c40);
      f = spread(a, ap + 5 * aRow);
      c50 = f.fma(b0, c50);
    }
    store(c, co, n, c00);
    store(c, co + ldc, n, c10);
    store(c, co + 2 * ldc, n, c20);
    store(c, co + 3 * ldc, n, c30);
    store(c, co + 4 * ldc, n, c40);
    store(c, co + 5 * ldc, n, c50);
  }

  private static void tile1x4(MemorySegment a, long ao, long aRow, long aStep, MemorySegment b, long bo, long ldb,
      MemorySegment c, long co, long ldc, int depth, boolean fresh) {
    FloatVector c00 = start(c, co, fresh), c01 = start(c, co + STEP, fresh), c02 = start(c, co + 2 * STEP, fresh), c03 = start(c, co + 3 * STEP, fresh);
    for (int p = 0; p < depth; p++) {
      long ap = ao + p * aStep, bp = bo + p * ldb;
      FloatVector b0 = load(b, bp), b1 = load(b, bp + STEP), b2 = load(b, bp + 2 * STEP), b3 = load(b, bp + 3 * STEP);
      FloatVector f = spread(a, ap);
      c00 = f.fma(b0, c00);
      c01 = f.fma(b1, c01);
      c02 = f.fma(b2, c02);
      c03 = f.fma(b3, c03);
    }
    store(c, co, c00);
    store(c, co + STEP, c01);
    store(c, co + 2 * STEP, c02);
    store(c, co + 3 * STEP, c03);
  }

  private static void tile1x2(MemorySegment a, long ao, long aRow, long aStep, MemorySegment b, long bo, long ldb,
      MemorySegment c, long co, long ldc, int depth, boolean fresh) {
    FloatVector c00 = start(c, co, fresh), c01 = start(c, co + STEP, fresh);
    for (int p = 0; p < depth; p++) {
      long ap = ao + p * aStep, bp = bo + p * ldb;
      FloatVector b0 = load(b, bp), b1 = load(b, bp + STEP);
      FloatVector f = spread(a, ap);
      c00 = f.fma(b0, c00);
      c01 = f.fma(b1, c01);
    }
    store(c, co, c00);
    store(c, co + STEP, c01);
  }

  private static void tile1x1(MemorySegment a, long ao, long aRow, long aStep, MemorySegment b, long bo, long ldb,
      MemorySegment c, long co, long ldc, int depth, boolean fresh, int n) {
    FloatVector c00 = start(c, co, fresh, n);
    for (int p = 0; p < depth; p++) {
      long ap = ao + p * aStep, bp = bo + p * ldb;
      FloatVector b0 = load(b, bp, n);
      FloatVector f = spread(a, ap);
      c00 = f.fma(b0, c00);
    }
    store(c, co, n, c00);
  }

}
