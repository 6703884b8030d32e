package org.panagrad.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrowsExactly;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Bad input: the exception that the contract names, a message with argument and value, and nothing written. */
class ChecksTest {
  private static final float SENTINEL = 7;

  private final List<MemorySegment> watched = new ArrayList<>();
  @AutoClose
  private final Arena arena = Arena.ofShared();
  private Kernels k;

  static List<Kernels> backends() {
    return Backends.all();
  }

  /** Floats that must be as they are after a bad call. */
  private MemorySegment heap(int n) {
    return watch(MemorySegment.ofArray(new float[n]));
  }

  private MemorySegment off(int n) {
    return watch(arena.allocate(4L * n, 4));
  }

  private MemorySegment watch(MemorySegment x) {
    for (long i = 0; i < x.byteSize() / 4; i++) {
      x.setAtIndex(ValueLayout.JAVA_FLOAT, i, SENTINEL);
    }
    watched.add(x);
    return x;
  }

  private static MemorySegment ints(int... x) {
    return MemorySegment.ofArray(x);
  }

  /** The call fails so, its message has all these words, and nothing has changed. */
  private void bad(Class<? extends RuntimeException> type, String words, Runnable call) {
    RuntimeException thrown = assertThrowsExactly(type, call::run, () -> k.name() + ": " + words);
    for (String word : words.split("\\|")) {
      assertTrue(String.valueOf(thrown.getMessage()).contains(word), () -> k.name() + ": " + word + " is not in: "
          + thrown.getMessage());
    }
    for (MemorySegment x : watched) {
      for (long i = 0; x.scope().isAlive() && i < x.byteSize() / 4; i++) {
        assertEquals(SENTINEL, x.getAtIndex(ValueLayout.JAVA_FLOAT, i), () -> k.name() + " wrote: " + words);
      }
    }
  }

  private void tooShort(String words, Runnable call) {
    bad(IndexOutOfBoundsException.class, words, call);
  }

  private void illegal(String words, Runnable call) {
    bad(IllegalArgumentException.class, words, call);
  }

  @ParameterizedTest
  @MethodSource("backends")
  void ranges(Kernels kernels) {
    k = kernels;
    MemorySegment x = heap(8), y = heap(8);
    tooShort("-1", () -> k.exp(x, y, -1, 4));
    tooShort("5|4", () -> k.exp(x, y, 5, 4));
    tooShort("x|8|9", () -> k.exp(x, heap(9), 0, 9));
    tooShort("y|8|9", () -> k.relu(heap(9), y, 0, 9));
    tooShort("x|" + Long.MAX_VALUE, () -> k.log(x, y, 0, Long.MAX_VALUE));
    tooShort("[-1", () -> k.uniform(y, 0, 1, 1, 1, -1, 4));
    tooShort("dx|8", () -> k.reluBackward(heap(9), heap(9), heap(8), 0, 9));
    tooShort("gradient|8", () -> Plain.update(k, UpdateRule.SGD, heap(9), x, null, null, 0, 9));
    tooShort("a|8", () -> Plain.update(k, UpdateRule.MOMENTUM, heap(9), heap(9), x, null, 0, 9));
    tooShort("b|8", () -> Plain.update(k, UpdateRule.ADAM, heap(9), heap(9), heap(9), x, 0, 9));
    tooShort("rows|8",
        () -> k.updateRows(Plain.rule(UpdateRule.SGD), heap(9), heap(9), null, null, null, x, 9, 1, 0, 9));
    tooShort("parameter|8",
        () -> k.updateRows(Plain.rule(UpdateRule.SGD), x, heap(9), null, null, null, ints(1), 9, 1, 0, 1));
    tooShort("sums|8|9",
        () -> k.update(Plain.rule(UpdateRule.SGD), heap(9000), heap(9000), null, null, null, null, x, 1,
            0, 9000));
    tooShort("block 1|0", () -> k.updateTensors(new TensorTable(UpdateRule.SGD), null, 0, 1));
    tooShort("y|8", () -> k.accumulate(heap(9), x, 1, 0, 9));
  }

  @ParameterizedTest
  @MethodSource("backends")
  void sizes(Kernels kernels) {
    k = kernels;
    MemorySegment x = heap(8), y = heap(8);
    illegal("columns|0", () -> k.softmax(x, y, 0, 0, 1));
    illegal("columns|-3", () -> k.bias(x, y, heap(8), -3, 0, 1));
    illegal("columns|" + Long.MAX_VALUE, () -> k.softmax(x, y, Long.MAX_VALUE, 0, 2));
    illegal("columns|" + (1L << 32), () -> Plain.softmaxCrossEntropy(k, x, ints(), y, heap(8), 1L << 32, 1, 0, 0));
    // 2^33 rows of 2^31 floats: 2^66 bytes
    illegal("columns|" + (1L << 31), () -> k.softmax(x, y, 1L << 31, 0, 1L << 33));
    tooShort("x|8|12", () -> k.softmax(x, y, 4, 0, 3));
    tooShort("bias|1|2", () -> k.bias(x, heap(1), y, 2, 0, 4));
    tooShort("losses|2|3", () -> Plain.softmaxCrossEntropy(k, heap(9), ints(0, 1, 2), null, heap(2), 3, 1, 0, 3));
    tooShort("labels|2|3", () -> Plain.softmaxCrossEntropy(k, heap(9), ints(0, 1), null, heap(3), 3, 1, 0, 3));
    tooShort("gradient|8|9", () -> Plain.softmaxCrossEntropy(k, heap(9), ints(0, 1, 2), y, heap(3), 3, 1, 0, 3));
    illegal("blockRows|0", () -> k.columnSums(x, y, 4, 2, 0, 0, 1));
    illegal("blockRows|4097", () -> k.columnSums(x, y, 4, 2, 4097, 0, 1));
    tooShort("3|4|2", () -> k.columnSums(x, y, 4, 2, 2, 0, 3));
    tooShort("sums|3|4", () -> k.columnSums(x, heap(3), 4, 2, 2, 0, 2));
    tooShort("-4", () -> k.columnSums(x, y, -4, 2, 2, 0, 0));
    tooShort("5|4", () -> k.sumPartials(x, y, 2, 4, 0, 5));
    tooShort("-2", () -> k.sumPartials(x, y, -2, 4, 0, 4));
    tooShort("x|8|12", () -> k.sumPartials(x, y, 3, 4, 0, 1));
    illegal("n|" + Long.MAX_VALUE, () -> k.sumPartials(x, y, 3, Long.MAX_VALUE, 0, 1));
    tooShort("5|4", () -> k.transpose(x, y, 2, 4, 0, 5));
    tooShort("y|7|8", () -> k.transpose(x, heap(7), 2, 4, 0, 4));
    illegal("rows|-2", () -> k.transpose(x, y, -2, 4, 0, 4));
    illegal("from|1", () -> Plain.meanSquaredError(k, x, y, null, null, heap(1), 1, 1, 4));
    tooShort("sums|1|2", () -> Plain.meanSquaredError(k, heap(4097), heap(4097), null, null, heap(1), 1, 0, 4097));
    tooShort("target|7|8", () -> Plain.meanSquaredError(k, x, heap(7), null, null, heap(1), 1, 0, 8));
    tooShort("losses|7|8", () -> Plain.meanSquaredError(k, x, y, null, heap(7), heap(1), 1, 0, 8));
    illegal("3.0|2.0", () -> k.uniform(y, 3, 2, 1, 1, 0, 4));
    illegal("NaN", () -> k.uniform(y, Float.NaN, 2, 1, 1, 0, 4));
    illegal("Infinity", () -> k.uniform(y, 0, Float.POSITIVE_INFINITY, 1, 1, 0, 4));
  }

  @ParameterizedTest
  @MethodSource("backends")
  void products(Kernels kernels) {
    k = kernels;
    MemorySegment a = heap(6), b = heap(6), c = heap(4);
    illegal("a|2|3", () -> k.product(a, b, c, 2, 3, 2, 2, 2, false, false, 0, 2));
    illegal("a|1|2", () -> k.product(a, b, c, 2, 3, 1, 2, 2, true, false, 0, 2));
    illegal("b|1|2", () -> k.product(a, b, c, 2, 3, 3, 1, 2, false, false, 0, 2));
    illegal("c|1|2", () -> k.product(a, b, c, 2, 3, 3, 2, 1, false, false, 0, 2));
    illegal("n is 0", () -> k.product(a, b, c, 0, 3, 3, 2, 2, false, false, 0, 2));
    illegal("k is -1", () -> k.product(a, b, c, 2, -1, 3, 2, 2, false, false, 0, 2));
    tooShort("a|6|9", () -> k.product(a, b, heap(6), 2, 3, 3, 2, 2, false, false, 0, 3));
    tooShort("b|6|8", () -> k.product(heap(8), b, c, 2, 4, 4, 2, 2, false, false, 0, 2));
    tooShort("c|4|6", () -> k.product(heap(9), b, c, 2, 3, 3, 2, 2, false, false, 0, 3));
    illegal("lda|" + Long.MAX_VALUE, () -> k.product(a, b, c, 2, 3, Long.MAX_VALUE, 2, 2, false, false, 0, 9));
    illegal("c|a", () -> k.product(a, b, a, 2, 3, 3, 2, 2, false, false, 0, 2));
    MemorySegment whole = off(64);
    illegal("c|b",
        () -> k.product(off(6), whole.asSlice(0, 24), whole.asSlice(20, 16), 2, 3, 3, 2, 2, false, false, 0, 2));
    illegal("heap", () -> {
      Product openBlas = Product.missing() == null ? Product.of(Product.Choice.OPENBLAS, k) : null;
      if (openBlas == null) {
        throw new IllegalArgumentException("heap: skipped, there is no OpenBLAS");
      }
      openBlas.multiply(a, b, c, 2, 3, 3, 2, 2, false, false, 0, 2);
    });
  }

  @ParameterizedTest
  @MethodSource("backends")
  void labels(Kernels kernels) {
    k = kernels;
    for (boolean onHeap : new boolean[]{true, false}) {
      MemorySegment x = onHeap ? heap(9) : off(9), losses = onHeap ? heap(3) : off(3);
      for (int wrong : new int[]{3, -1, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
        illegal("label " + wrong + "|row 1|3 classes",
            () -> Plain.softmaxCrossEntropy(k, x, ints(0, wrong, 2), x, losses, 3, 1, 0, 3));
      }
    }
    // outside of the range it does not matter
    float[] gradient = new float[9];
    Plain.softmaxCrossEntropy(k, heap(9), ints(-5, 1, 99), MemorySegment.ofArray(gradient),
        MemorySegment.ofArray(new float[3]), 3,
        1, 1, 2);
    assertEquals(0, gradient[2]);
    assertEquals(1 / 3f, gradient[3]);
  }

  @ParameterizedTest
  @MethodSource("backends")
  void overlaps(Kernels kernels) {
    k = kernels;
    for (MemorySegment whole : List.of(heap(64), off(64))) {
      MemorySegment x = whole.asSlice(0, 64), shifted = whole.asSlice(4, 64), behind = whole.asSlice(64, 64);
      illegal("y|x", () -> k.exp(x, shifted, 0, 16));
      illegal("dx|y", () -> k.reluBackward(x, behind, shifted, 0, 16));
      illegal("dx|y", () -> k.reluBackward(x, behind, x, 0, 16));
      illegal("dx|dy", () -> k.softmaxBackward(behind, x, shifted, 4, 0, 4));
      illegal("y|bias", () -> k.bias(behind, shifted, x, 4, 0, 4));
      illegal("sums|x", () -> k.columnSums(x, shifted, 4, 4, 4, 0, 1));
      illegal("y|x", () -> k.sumPartials(x, x, 4, 4, 0, 4));
      illegal("y|x", () -> k.transpose(x, x, 4, 4, 0, 4));
      illegal("losses|prediction", () -> Plain.softmaxCrossEntropy(k, x, ints(0, 0), null, shifted, 8, 1, 0, 2));
      illegal("gradient|losses", () -> Plain.softmaxCrossEntropy(k, behind, ints(0, 0), x, shifted, 8, 1, 0, 2));
      illegal("gradient|logits", () -> Plain.softmaxCrossEntropy(k, x, ints(0, 0), shifted, behind, 8, 1, 0, 2));
      illegal("gradient|labels", () -> Plain.softmaxCrossEntropy(k, behind, x, x, whole.asSlice(128, 64), 8, 1, 0, 2));
      illegal("losses|prediction",
          () -> Plain.meanSquaredError(k, x, behind, null, x, whole.asSlice(128, 4), 1, 0, 16));
      illegal("gradient|target",
          () -> Plain.meanSquaredError(k, x, behind, behind, null, whole.asSlice(128, 4), 1, 0, 16));
      illegal("sums|target", () -> Plain.meanSquaredError(k, x, behind, null, null, behind, 1, 0, 16));
      illegal("sums|gradient",
          () -> Plain.meanSquaredError(k, x, behind, whole.asSlice(128, 64), null, whole.asSlice(128, 4), 1,
              0, 16));
      illegal("parameter|gradient", () -> Plain.update(k, UpdateRule.SGD, x, shifted, null, null, 0, 16));
      illegal("a|parameter", () -> Plain.update(k, UpdateRule.MOMENTUM, x, behind, shifted, null, 0, 15));
      illegal("gradient|a", () -> Plain.update(k, UpdateRule.MOMENTUM, x, behind, behind, null, 0, 16));
      illegal("b|a",
          () -> Plain.update(k, UpdateRule.ADAM, x, behind, whole.asSlice(128, 64), whole.asSlice(128, 64), 0,
              16));
      Window w = Window.of(4, 4, 1, 2, 2, 2, 0);
      illegal("y|x", () -> k.maxPool(w, x, x, ints(0, 0, 0, 0), 0, 1));
      illegal("indices|y", () -> k.maxPool(w, x, behind, behind, 0, 1));
      illegal("dx|dy", () -> k.maxPoolBackward(w, x, ints(0, 0, 0, 0), x, 0, 1));
      illegal("col|x", () -> k.im2col(w, x, shifted, 0, 0, 3));
      illegal("x|col", () -> k.col2im(w, x, x, 0, 0, 1));
    }
    // neighbours do not overlap
    MemorySegment two = MemorySegment.ofArray(new float[8]);
    k.exp(two.asSlice(0, 16), two.asSlice(16), 0, 4);
    assertEquals(1, two.getAtIndex(ValueLayout.JAVA_FLOAT, 7));
  }

  @ParameterizedTest
  @MethodSource("backends")
  void memory(Kernels kernels) throws InterruptedException {
    k = kernels;
    MemorySegment x = heap(8), y = heap(8);
    illegal("y|read-only", () -> k.exp(x, y.asReadOnly(), 0, 8));
    illegal("losses|read-only", () -> Plain.softmaxCrossEntropy(k, x, ints(0), null, y.asReadOnly(), 8, 1, 0, 1));
    illegal("parameter|read-only", () -> Plain.update(k, UpdateRule.SGD, x.asReadOnly(), y, null, null, 0, 8));
    illegal("x|4 bytes|byte[]", () -> k.exp(MemorySegment.ofArray(new byte[32]), y, 0, 8));
    illegal("y|4 bytes", () -> k.exp(x, off(9).asSlice(2, 32), 0, 8));
    MemorySegment closed;
    try (Arena gone = Arena.ofConfined()) {
      closed = gone.allocate(32, 4);
    }
    bad(IllegalStateException.class, "x|closed", () -> k.exp(closed, y, 0, 8));
    bad(IllegalStateException.class, "y|closed", () -> k.exp(x, closed, 0, 8));
    bad(IllegalStateException.class, "dy|closed", () -> k.maxPoolBackward(Window.of(2, 2, 2, 1, 1, 1, 0), closed,
        ints(new int[8]), y, 0, 1));
    try (Arena confined = Arena.ofConfined()) {
      MemorySegment mine = confined.allocate(32, 4);
      List<Throwable> failures = new ArrayList<>();
      Thread other = Thread.ofPlatform().start(() -> {
        try {
          bad(WrongThreadException.class, "x|thread", () -> k.exp(mine, y, 0, 8));
          bad(WrongThreadException.class, "y|thread", () -> k.exp(x, mine, 0, 8));
        } catch (Throwable e) {
          failures.add(e);
        }
      });
      other.join();
      assertEquals(List.of(), failures);
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void nulls(Kernels kernels) {
    k = kernels;
    MemorySegment x = heap(8), y = heap(8), z = heap(8), i = ints(new int[8]);
    Window w = Window.of(2, 2, 2, 1, 1, 1, 0);
    List<Consumer<MemorySegment[]>> calls = List.of(a -> k.exp(a[0], a[1], 0, 8), a -> k.relu(a[0], a[1], 0, 8),
        a -> k.reluBackward(a[0], a[1], a[2], 0, 8), a -> k.bias(a[0], a[1], a[2], 8, 0, 1),
        a -> k.columnSums(a[0], a[1], 1, 8, 1, 0, 1), a -> k.sumPartials(a[0], a[1], 1, 8, 0, 8),
        a -> k.transpose(a[0], a[1], 1, 8, 0, 8), a -> k.softmax(a[0], a[1], 8, 0, 1),
        a -> k.softmaxBackward(a[0], a[1], a[2], 8, 0, 1),
        a -> Plain.softmaxCrossEntropy(k, a[0], i, null, a[1], 8, 1, 0, 1),
        a -> Plain.meanSquaredError(k, a[0], a[1], null, null, a[2], 1, 0, 8),
        a -> Plain.update(k, UpdateRule.SGD, a[0], a[1], null, null, 0, 8),
        a -> Plain.update(k, UpdateRule.MOMENTUM, a[0], a[1], a[2], null, 0, 8),
        a -> k.maxPool(w, a[0], a[1], a[2], 0, 1), a -> k.maxPoolBackward(w, a[0], i, a[1], 0, 1),
        a -> k.im2col(w, a[0], a[1], 0, 0, 4), a -> k.col2im(w, a[0], a[1], 0, 0, 1),
        a -> k.product(a[0], a[1], a[2], 1, 1, 1, 1, 1, false, false, 0, 1), a -> k.uniform(a[0], 0, 1, 1, 1, 0, 8));
    for (Consumer<MemorySegment[]> call : calls) {
      bad(NullPointerException.class, "", () -> call.accept(new MemorySegment[]{null, y, z}));
      if (call != calls.getLast()) {
        bad(NullPointerException.class, "", () -> call.accept(new MemorySegment[]{x, null, z}));
      }
    }
    bad(NullPointerException.class, "", () -> Plain.softmaxCrossEntropy(k, x, null, null, y, 8, 1, 0, 1));
    bad(NullPointerException.class, "", () -> k.maxPool(null, x, y, z, 0, 1));
    bad(NullPointerException.class, "", () -> k.im2col(null, x, y, 0, 0, 4));
  }

  @ParameterizedTest
  @MethodSource("backends")
  void updates(Kernels kernels) {
    k = kernels;
    MemorySegment x = heap(8), y = heap(8), z = heap(8);
    illegal("MOMENTUM has 1 states", () -> Plain.update(k, UpdateRule.MOMENTUM, x, y, null, null, 0, 8));
    illegal("SGD has 0 states", () -> Plain.update(k, UpdateRule.SGD, x, y, z, null, 0, 8));
    illegal("ADAM has 2 states", () -> Plain.update(k, UpdateRule.ADAM, x, y, null, z, 0, 8));
    illegal("from is 1", () -> Plain.update(k, UpdateRule.SGD, x, y, null, null, 1, 8));
    illegal("sums is null", () -> Plain.update(k, UpdateRule.GRADIENT_SQUARES, x, y, null, null, 0, 8));
    illegal("only reads",
        () -> k.updateRows(Plain.rule(UpdateRule.GRADIENT_SQUARES), x, y, null, null, null, ints(1), 8,
            1, 0, 1));
    for (int row : new int[]{-1, 8}) {
      illegal("rows[1] is " + row,
          () -> k.updateRows(Plain.rule(UpdateRule.SGD), x, y, null, null, null, ints(1, row), 8,
              1, 0, 2));
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void matrices(Kernels kernels) {
    k = kernels;
    Update update = Plain.rule(UpdateRule.ADAFACTOR);
    MemorySegment p = heap(12), g = heap(12), r = heap(4), c = heap(6);
    MatrixTiles tiles = new MatrixTiles(2, 2, 3);
    tooShort("tile 3|2", () -> k.matrixSquares(update, p, g, r, c, tiles, 0, 3));
    tooShort("gradient|11|12", () -> k.matrixSquares(update, p, heap(11), r, c, tiles, 0, 2));
    tooShort("rowSums|3|4", () -> k.matrixSquares(update, p, g, heap(3), c, tiles, 0, 2));
    tooShort("columnSums|5|6", () -> k.matrixSquares(update, p, g, r, heap(5), tiles, 0, 2));
    illegal("columns is 0", () -> k.matrixSquares(update, p, g, r, c, new MatrixTiles(2, 2, 0), 0, 0));
    illegal("rowSums|gradient", () -> k.matrixSquares(update, p, g, g, c, tiles, 0, 2));
    illegal("SGD|ADAFACTOR",
        () -> k.updateMatrix(Plain.rule(UpdateRule.SGD), p, g, r, c, null, null, 1, 2, 3, 0, 12));
    illegal("rows is 0", () -> k.updateMatrix(update, p, g, r, c, null, null, 1, 0, 3, 0, 12));
    tooShort("rowRoots|3|4", () -> k.updateMatrix(update, p, g, heap(3), c, null, null, 1, 2, 3, 0, 12));
    tooShort("columnRoots|5|6", () -> k.updateMatrix(update, p, g, r, heap(5), null, null, 1, 2, 3, 0, 12));
    illegal("rowRoots|parameter", () -> k.updateMatrix(update, p, g, p, c, null, null, 1, 2, 3, 0, 12));
    illegal("sums is null", () -> k.updateMatrix(Plain.rule(UpdateRule.ADAFACTOR_SQUARES), p, g, r, c, null, null, 1,
        2, 3, 0, 12));
  }

  @ParameterizedTest
  @MethodSource("backends")
  void tables(Kernels kernels) {
    k = kernels;
    TensorTable table = new TensorTable(UpdateRule.MOMENTUM);
    MemorySegment p = off(8), g = off(8), m = off(8);
    illegal("heap", () -> table.add(0, heap(8), g, List.of(m), null));
    illegal("2 states", () -> table.add(0, p, g, List.of(m, off(8)), null));
    illegal("gradient|parameter", () -> table.add(0, p, p, List.of(m), null));
    tooShort("gradient|7|8", () -> table.add(0, p, off(7), List.of(m), null));
    try (Arena arena = Arena.ofShared()) {
      table.add(0, arena.allocate(16), arena.allocate(16), List.of(arena.allocate(16)), null);
      illegal("listed once", () -> table.add(0, table.tensor(0).gradient(), g, List.of(m), null));
      k.updateTensors(table, null, 0, 1);
    }
    bad(IllegalStateException.class, "closed", () -> k.updateTensors(table, null, 0, 1));
    illegal("arena", () -> table.add(0, Arena.ofAuto().allocate(16), Arena.ofAuto().allocate(16),
        List.of(Arena.ofAuto().allocate(16)), null));
  }

  @ParameterizedTest
  @MethodSource("backends")
  void norms(Kernels kernels) {
    k = kernels;
    MemorySegment x = heap(8), y = heap(8), four = heap(4), other = heap(4), two = heap(2), pair = heap(2);
    illegal("epsilon|-1.0", () -> k.layerNorm(x, four, four, y, two, pair, 4, -1, 0, 2));
    illegal("epsilon|NaN", () -> k.layerNorm(x, four, four, y, two, pair, 4, Float.NaN, 0, 2));
    illegal("columns|0", () -> k.layerNorm(x, four, four, y, two, pair, 0, 0, 0, 2));
    tooShort("gamma|2|4", () -> k.layerNorm(x, two, null, y, heap(2), heap(2), 4, 0, 0, 2));
    tooShort("beta|2|4", () -> k.layerNorm(x, null, two, y, heap(2), heap(2), 4, 0, 0, 2));
    tooShort("means|2|3", () -> k.layerNorm(heap(12), null, null, heap(12), two, heap(3), 4, 0, 0, 3));
    illegal("means|inverseDeviations", () -> k.layerNorm(x, null, null, y, two, two, 4, 0, 0, 2));
    illegal("y|gamma", () -> k.layerNorm(x, y.asSlice(0, 16), null, y, two, pair, 4, 0, 0, 2));
    illegal("means|beta", () -> k.layerNorm(x, null, four, y, four, pair, 4, 0, 0, 2));
    illegal("dx|x", () -> k.layerNormBackward(x, null, two, pair, y, x, 4, 0, 2));
    illegal("dx|means", () -> k.layerNormBackward(x, null, y, pair, heap(8), y, 4, 0, 2));
    illegal("blockRows|4097", () -> k.normParameterSums(x, two, two, false, y, four, other, 2, 4, 4097, 0, 1));
    tooShort("blocks|0, 2", () -> k.normParameterSums(x, two, two, false, y, four, other, 2, 4, 2, 0, 2));
    tooShort("means|2|4", () -> k.normParameterSums(x, two, two, true, y, four, other, 2, 4, 2, 0, 1));
    illegal("gammaSums|betaSums", () -> k.normParameterSums(x, two, two, false, y, four, four, 2, 4, 2, 0, 1));
    illegal("betaSums|dy", () -> k.normParameterSums(x, two, two, false, y, four, y, 2, 4, 2, 0, 1));
    illegal("sums|means", () -> k.columnSquares(x, four, four, 2, 4, 2, 0, 1));
    tooShort("sums|2|4", () -> k.columnSquares(x, four, two, 2, 4, 2, 0, 1));
    tooShort("inverseDeviations|2|4", () -> k.batchNorm(x, four, two, null, null, y, 4, 0, 2));
    illegal("y|beta", () -> k.batchNorm(x, four, four, null, y, y, 4, 0, 2));
    tooShort("meanProducts|2|4", () -> k.batchNormBackward(x, four, four, null, four, two, y, heap(8), 4, 0, 2));
    illegal("dx|meanGradients", () -> k.batchNormBackward(x, four, four, null, y, four, heap(8), y, 4, 0, 2));
    bad(NullPointerException.class, "", () -> k.batchNorm(x, null, four, null, null, y, 4, 0, 2));
    bad(NullPointerException.class, "", () -> k.layerNorm(x, null, null, y, null, pair, 4, 0, 0, 2));
  }

  @ParameterizedTest
  @MethodSource("backends")
  void embeddingsAndDropout(Kernels kernels) {
    k = kernels;
    MemorySegment table = heap(15), y = heap(8);
    illegal("indices[2]|-1|vocabulary of 5", () -> k.embedding(table, ints(0, 4, -1), y, 5, 2, 0, 3));
    illegal("indices[1]|5|vocabulary of 5", () -> k.embedding(table, ints(0, 5, -1), y, 5, 2, 0, 3));
    int[] many = new int[5000];
    many[4999] = 7;
    illegal("indices[4999]|7", () -> k.embedding(table, ints(many), heap(5000), 5, 1, 0, 5000));
    illegal("vocabulary|0", () -> k.embedding(table, ints(0), y, 0, 2, 0, 1));
    illegal("vocabulary|" + (1L << 31), () -> k.embedding(table, ints(0), y, 1L << 31, 2, 0, 1));
    tooShort("table|15|18", () -> k.embedding(table, ints(0), y, 6, 3, 0, 1));
    tooShort("indices|1|2", () -> k.embedding(table, ints(0), y, 5, 3, 0, 2));
    illegal("y|table", () -> k.embedding(table, ints(0), table, 5, 3, 0, 1));
    tooShort("dy|8|9", () -> k.embeddingBackward(ints(0, 1, 2), y, table, 3, 3, 0, 5));
    tooShort("dTable|15|18", () -> k.embeddingBackward(ints(0, 1), y, table, 2, 3, 0, 6));
    illegal("count|-1", () -> k.embeddingBackward(ints(0), y, table, -1, 3, 0, 5));
    illegal("dTable|dy", () -> k.embeddingBackward(ints(0), table, table, 1, 3, 0, 5));
    illegal("rate|1.0", () -> k.dropout(table, y, 1, 1, 1, 0, 8));
    illegal("rate|-0.1", () -> k.dropout(table, y, -0.1, 1, 1, 0, 8));
    illegal("rate|NaN", () -> k.dropout(table, y, Double.NaN, 1, 1, 0, 8));
    tooShort("y|8|9", () -> k.dropout(table, y, 0.5, 1, 1, 0, 9));
  }

  @ParameterizedTest
  @MethodSource("backends")
  void images(Kernels kernels) {
    k = kernels;
    Window w = Window.of(4, 4, 2, 2, 2, 2, 0), padded = Window.of(4, 4, 2, 3, 3, 1, 1);
    MemorySegment x = heap(64), y = heap(16), i = ints(new int[16]);
    illegal("padding|1", () -> k.maxPool(padded, x, heap(64), ints(new int[64]), 0, 1));
    illegal("padding|1", () -> k.maxPoolBackward(padded, heap(64), ints(new int[64]), x, 0, 1));
    tooShort("x|64|96", () -> k.maxPool(w, x, heap(24), ints(new int[24]), 0, 3));
    tooShort("y|15|16", () -> k.maxPool(w, x, heap(15), i, 0, 2));
    tooShort("indices|15|16", () -> k.maxPool(w, x, y, ints(new int[15]), 0, 2));
    tooShort("dx|63|64", () -> k.maxPoolBackward(w, y, i, heap(63), 0, 2));
    Window dilated = Window.of(4, 4, 2, 2, 2, 1, 0, 2);
    illegal("dilation 2", () -> k.maxPool(dilated, x, y, i, 0, 1));
    illegal("dilation 2", () -> k.averagePool(dilated, x, y, 0, 1));
    illegal("dilation 2", () -> k.averagePoolBackward(dilated, y, x, 0, 1));
    tooShort("y|15|16", () -> k.averagePool(w, x, heap(15), 0, 2));
    tooShort("dx|63|64", () -> k.averagePoolBackward(w, y, heap(63), 0, 2));
    illegal("y|x", () -> k.averagePool(w, x, x, 0, 1));
    tooShort("first|-1", () -> k.im2col(w, x, heap(64), -1, 0, 4));
    tooShort("first|3|2", () -> k.im2col(w, x, heap(64), 3, 2, 4));
    tooShort("col|31|32", () -> k.im2col(w, x, heap(31), 0, 0, 4));
    tooShort("x|64|96", () -> k.im2col(w, x, heap(96), 0, 0, 12));
    tooShort("first|1|0", () -> k.col2im(w, heap(64), x, 1, 0, 2));
    tooShort("col|63|64", () -> k.col2im(w, heap(63), x, 0, 0, 2));
    tooShort("x|63|64", () -> k.col2im(w, heap(64), heap(63), 0, 0, 2));
    illegal("image|" + Long.MAX_VALUE / 8, () -> k.maxPool(w, x, y, i, 0, Long.MAX_VALUE / 8));
  }

  @ParameterizedTest
  @MethodSource("backends")
  void boxes(Kernels kernels) {
    k = kernels;
    MemorySegment p = heap(8), t = heap(8), l = heap(2), whole = off(16);
    tooShort("prediction|8|12", () -> k.iou(p, heap(12), null, heap(3), 1, 0, 0, 3));
    tooShort("target|8|12", () -> k.giou(heap(12), t, null, heap(3), 1, 0, 0, 3));
    tooShort("losses|2|3", () -> k.diou(heap(12), heap(12), null, l, 1, 0, 0, 3));
    tooShort("gradient|8|12", () -> k.ciou(heap(12), heap(12), heap(8), heap(3), 1, 0, 0, 3));
    tooShort("[2, 1)", () -> k.ciou(p, t, null, l, 1, 0, 2, 1));
    illegal("edges|" + Long.MAX_VALUE, () -> k.iou(p, t, null, l, 1, 0, 0, Long.MAX_VALUE));
    illegal("gradient|target", () -> k.iou(p, t, t, l, 1, 0, 0, 2));
    illegal("losses|prediction", () -> k.giou(p, t, null, p, 1, 0, 0, 2));
    illegal("gradient|losses", () -> k.diou(p, t, whole, whole, 1, 0, 0, 2));
    illegal("gradient|prediction|in part", () -> k.ciou(whole, t, whole.asSlice(4), l, 1, 0, 0, 2));
    illegal("gradient|read-only", () -> k.ciou(p, t, p.asReadOnly(), l, 1, 0, 0, 2));
    bad(NullPointerException.class, "", () -> k.iou(null, t, null, l, 1, 0, 0, 2));
    bad(NullPointerException.class, "", () -> k.iou(p, t, null, null, 1, 0, 0, 2));
  }

  @ParameterizedTest
  @MethodSource("backends")
  void overlapsOfMasks(Kernels kernels) {
    k = kernels;
    MemorySegment p = heap(8), t = heap(8), sums = heap(6), slopes = heap(4), g = heap(8), whole = off(16);
    tooShort("prediction|8|12", () -> k.overlapSums(p, heap(12), heap(9), 4, true, 0, 3));
    tooShort("target|8|12", () -> k.overlapSums(heap(12), t, heap(9), 4, true, 0, 3));
    tooShort("sums|6|9", () -> k.overlapSums(heap(12), heap(12), sums, 4, true, 0, 3));
    tooShort("prediction|8|4096", () -> k.overlapSums(p, t, sums, 5000, true, 0, 1));
    tooShort("prediction|4999|5000", () -> k.overlapSums(heap(4999), heap(5000), sums, 5000, true, 1, 2));
    tooShort("slopes|4|6", () -> k.overlapGradient(heap(12), heap(12), slopes, heap(12), 4, true, 0, 3));
    tooShort("gradient|7|8", () -> k.overlapGradient(p, t, slopes, heap(7), 4, true, 0, 2));
    tooShort("[2, 1)", () -> k.overlapGradient(p, t, slopes, g, 4, true, 2, 1));
    illegal("columns|0", () -> k.overlapSums(p, t, sums, 0, true, 0, 1));
    illegal("columns|-1", () -> k.overlapGradient(p, t, slopes, g, -1, true, 0, 1));
    illegal("columns|" + Long.MAX_VALUE, () -> k.overlapSums(p, t, sums, 4, true, 0, Long.MAX_VALUE));
    illegal("sums|prediction", () -> k.overlapSums(p, t, p, 4, true, 0, 2));
    illegal("sums|target", () -> k.overlapSums(p, t, t, 4, true, 0, 2));
    illegal("gradient|target", () -> k.overlapGradient(p, t, slopes, t, 4, true, 0, 2));
    illegal("gradient|slopes", () -> k.overlapGradient(p, t, whole, whole, 4, true, 0, 2));
    illegal("gradient|prediction|in part", () -> k.overlapGradient(whole, t, slopes, whole.asSlice(4), 4, true, 0, 2));
    illegal("gradient|read-only", () -> k.overlapGradient(p, t, slopes, p.asReadOnly(), 4, true, 0, 2));
    bad(NullPointerException.class, "", () -> k.overlapSums(null, t, sums, 4, true, 0, 2));
    bad(NullPointerException.class, "", () -> k.overlapGradient(p, t, null, g, 4, true, 0, 2));
  }

  @ParameterizedTest
  @MethodSource("backends")
  void pairsAndTriplets(Kernels kernels) {
    k = kernels;
    MemorySegment a = heap(8), b = heap(8), c = heap(8), l = heap(2), g = off(8), y = ints(1, 1);
    for (int wrong : new int[]{-1, 2, Integer.MIN_VALUE}) {
      illegal("label " + wrong + "|row 1|1 or 0", () -> k.contrastive(a, b, ints(1, wrong), g, null, l, 4, 1, 1, 0, 2));
    }
    for (int wrong : new int[]{0, 2, Integer.MIN_VALUE}) {
      illegal("label " + wrong + "|row 0|1 or -1",
          () -> k.cosineEmbedding(a, b, ints(wrong, 1), g, null, l, 4, 1, 1, 0, 2));
      illegal("label " + wrong + "|row 1|1 or -1", () -> k.marginRanking(a, b, ints(1, wrong), g, null, l, 1, 1, 0, 2));
    }
    illegal("columns|0", () -> k.contrastive(a, b, y, null, null, l, 0, 1, 1, 0, 2));
    illegal("columns|-1", () -> k.tripletMargin(a, b, c, null, null, null, l, -1, 1, 0, false, 1, 0, 2));
    tooShort("x1|8|10", () -> k.contrastive(a, heap(10), y, null, null, l, 5, 1, 1, 0, 2));
    tooShort("x2|8|10", () -> k.cosineEmbedding(heap(10), b, y, null, null, l, 5, 1, 1, 0, 2));
    tooShort("labels|2|3", () -> k.marginRanking(a, b, y, null, null, heap(3), 1, 1, 0, 3));
    tooShort("losses|2|3", () -> k.marginRanking(a, b, ints(1, 1, 1), null, null, l, 1, 1, 0, 3));
    tooShort("negative|8|10",
        () -> k.tripletMargin(heap(10), heap(10), c, null, null, null, l, 5, 1, 0, false, 1, 0, 2));
    tooShort("positiveGradient|7|8", () -> k.tripletMargin(a, b, c, null, heap(7), null, l, 4, 1, 0, false, 1, 0, 2));
    illegal("x1Gradient|x2", () -> k.contrastive(a, b, y, b, null, l, 4, 1, 1, 0, 2));
    illegal("x2Gradient|x1", () -> k.cosineEmbedding(a, b, y, null, a, l, 4, 1, 1, 0, 2));
    illegal("x2Gradient|x1Gradient", () -> k.marginRanking(a, b, y, g, g, l, 1, 1, 0, 2));
    illegal("losses|labels", () -> k.marginRanking(a, b, g, null, null, g, 1, 1, 0, 2));
    illegal("x1Gradient|labels", () -> k.marginRanking(a, b, g, g, null, l, 1, 1, 0, 2));
    illegal("x2Gradient|losses", () -> k.contrastive(a, b, y, null, g, g, 4, 1, 1, 0, 2));
    illegal("anchorGradient|positive", () -> k.tripletMargin(a, b, c, b, null, null, l, 4, 1, 0, false, 1, 0, 2));
    illegal("anchorGradient|negative", () -> k.tripletMargin(a, b, c, c, null, null, l, 4, 1, 0, false, 1, 0, 2));
    illegal("positiveGradient|anchor", () -> k.tripletMargin(a, b, c, null, a, null, l, 4, 1, 0, false, 1, 0, 2));
    illegal("negativeGradient|positive", () -> k.tripletMargin(a, b, c, null, null, b, l, 4, 1, 0, false, 1, 0, 2));
    illegal("negativeGradient|anchorGradient", () -> k.tripletMargin(a, b, c, g, null, g, l, 4, 1, 0, false, 1, 0, 2));
    illegal("negativeGradient|positiveGradient",
        () -> k.tripletMargin(a, b, c, null, g, g, l, 4, 1, 0, false, 1, 0, 2));
    illegal("losses|negative", () -> k.tripletMargin(a, b, c, null, null, null, c, 4, 1, 0, false, 1, 0, 2));
    bad(NullPointerException.class, "",
        () -> k.tripletMargin(a, null, c, null, null, null, l, 4, 1, 0, false, 1, 0, 2));
    bad(NullPointerException.class, "", () -> k.contrastive(a, b, null, null, null, l, 4, 1, 1, 0, 2));
  }

  @Test
  void windows() {
    k = Backends.of(Backend.SCALAR);
    illegal("0x4x1|at least 1", () -> Window.of(0, 4, 1, 2, 2, 1, 0));
    illegal("4x4x-1|at least 1", () -> Window.of(4, 4, -1, 2, 2, 1, 0));
    illegal("2x0|at least 1", () -> Window.of(4, 4, 1, 2, 0, 1, 0));
    illegal("stride 0|at least 1", () -> Window.of(4, 4, 1, 2, 2, 0, 0));
    illegal("dilation 0|at least 1", () -> Window.of(4, 4, 1, 2, 2, 1, 0, 0));
    illegal("dilation 4|larger", () -> Window.of(4, 4, 1, 2, 2, 1, 0, 4));
    illegal("padding 3|dilation 2|less than the window", () -> Window.of(4, 4, 1, 2, 2, 1, 3, 2));
    illegal("large", () -> Window.of(4, 4, 1, 3, 3, 1, 0, Long.MAX_VALUE / 2 + 1));
    illegal("padding -1", () -> Window.of(4, 4, 1, 2, 2, 1, -1));
    illegal("padding 2|less than the window", () -> Window.of(4, 4, 1, 2, 3, 1, 2));
    illegal("5x2|4x4|larger", () -> Window.of(4, 4, 1, 5, 2, 1, 0));
    illegal("too large", () -> Window.of(1L << 31, 1L << 31, 4, 2, 2, 1, 0));
    illegal("large", () -> Window.of(Long.MAX_VALUE, 1, 1, 2, 2, 1, 1));
    // a small image whose columns cannot be counted
    illegal("large", () -> Window.of(1, 1, 1, 65_537, 65_537, 1, 65_536));
    Window wide = Window.of(28, 20, 1, 3, 5, 2, 4, 2);
    assertEquals(16, wide.outHeight());
    assertEquals(10, wide.outWidth());
    Window w = Window.of(28, 28, 1, 3, 3, 2, 1);
    assertEquals(14, w.outHeight());
    assertEquals(14, w.outWidth());
  }

  @ParameterizedTest
  @MethodSource("backends")
  void maps(Kernels kernels) {
    k = kernels;
    MemorySegment x = heap(8), y = heap(8), six = heap(6), two = heap(2), three = heap(3);
    UnaryFunction f = UnaryFunction.EXP;
    BinaryFunction add = BinaryFunction.ADD;
    tooShort("y|8|9", () -> k.map(f, 0, 0, heap(9), y, 0, 9));
    bad(NullPointerException.class, "f", () -> k.map(null, 0, 0, x, y, 0, 8));
    illegal("y|x", () -> k.map(f, 0, 0, x.asSlice(0, 16), x.asSlice(4, 16), 0, 4));
    tooShort("x|8|9", () -> k.mapBackward(f, 0, 0, x, heap(9), heap(9), heap(9), 0, 9));
    illegal("dx|x", () -> k.mapBackward(f, 0, 0, x, y, heap(8), x, 0, 8));
    illegal("dx|y", () -> k.mapBackward(f, 0, 0, x, y, heap(8), y, 0, 8));
    tooShort("a|2|3", () -> k.combine(add, two, Spread.PER_ROW, six, Spread.FULL, heap(6), 2, 0, 3));
    tooShort("b|2|3", () -> k.combine(add, six, Spread.FULL, two, Spread.PER_COLUMN, heap(6), 3, 0, 2));
    illegal("y|b", () -> k.combine(add, heap(9), Spread.FULL, x, Spread.PER_COLUMN, x, 3, 0, 2));
    illegal("columns|0", () -> k.combine(add, x, Spread.FULL, y, Spread.FULL, heap(6), 0, 0, 2));
    illegal("da|a",
        () -> k.combineBackward(add, six, Spread.FULL, three, Spread.PER_COLUMN, heap(6), six, null, 3, 0, 2));
    illegal("da|dy", () -> k.combineBackward(add, six, Spread.FULL, three, Spread.PER_COLUMN, x, x, y, 3, 0, 2));
    illegal("db|da", () -> k.combineBackward(add, six, Spread.FULL, three, Spread.PER_COLUMN, heap(6), x, x, 3, 0, 2));
    tooShort("db|6|8", () -> k.combineBackward(add, x, Spread.FULL, y, Spread.FULL, heap(8), null, six, 4, 0, 2));
    tooShort("y|2|3", () -> k.rowSums(six, two, 2, 0, 3));
    illegal("y|x", () -> k.rowSums(six, six, 2, 0, 3));
  }
}
