package org.panagrad.kernel;

import static java.lang.Float.MAX_VALUE;
import static java.lang.Float.MIN_VALUE;
import static java.lang.Float.NaN;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the contract of {@link MapKernels} says of kinks, edges and ties, on every backend. */
@Tag("width")
class MapValuesTest {
  private static final float INF = Float.POSITIVE_INFINITY;
  private static final float[] NUMBERS = {0, -0.0f, 1, -1, 2, -2, 3, -3, 0.5f, -0.5f, 1.5f, -2.5f, 10, -7, 1e-40f,
      -1e-40f,
      1e30f, -1e30f, 0x1p24f, 0x1p24f + 2, 16777215, -16777215, 1e-9f, MAX_VALUE, -MAX_VALUE, MIN_VALUE, INF, -INF,
      NaN};

  static List<Kernels> backends() {
    return Backends.all();
  }

  private static MemorySegment of(float... x) {
    return MemorySegment.ofArray(x);
  }

  private static float[] map(Kernels k, UnaryFunction f, float a, float... x) {
    float[] y = new float[x.length];
    k.map(f, a, 0, of(x), of(y), 0, x.length);
    return y;
  }

  /** The gradient where that of y is 1. */
  private static float[] slopes(Kernels k, UnaryFunction f, float a, float... x) {
    float[] ones = new float[x.length], dx = new float[x.length];
    Arrays.fill(ones, 1);
    k.mapBackward(f, a, 0, of(x), of(map(k, f, a, x)), of(ones), of(dx), 0, x.length);
    return dx;
  }

  /** Infinite, zero, NaN and exact results bit by bit, the others within 8 ulp. */
  @ParameterizedTest
  @MethodSource("backends")
  void powersAreThoseOfStrictMath(Kernels k) {
    for (float a : NUMBERS) {
      float[] y = map(k, UnaryFunction.POWER, a, NUMBERS);
      for (int i = 0; i < NUMBERS.length; i++) {
        float expected = (float) StrictMath.pow(NUMBERS[i], a);
        boolean near = Math.abs(y[i] - expected) <= 8 * Math.ulp(expected) && expected != 0 && Math.abs(expected) != 1;
        assertTrue(near || Float.compare(expected, y[i]) == 0,
            k.name() + ": " + NUMBERS[i] + "^" + a + " is " + y[i] + ", expected " + expected);
      }
    }
  }

  /** a x^(a - 1), the rounding of a - 1 not being seen. */
  @ParameterizedTest
  @MethodSource("backends")
  void slopesOfPowersAreThoseOfStrictMath(Kernels k) {
    float[] x = {0, -0.0f, 1, -1, 2, -3, 0.5f, 1e-30f, 1e30f, INF, -INF};
    for (float a : new float[]{3, 4, -1, -2, 0.5f, -0.5f, 1.5f, 1e-9f, 0.3f}) {
      float[] slopes = slopes(k, UnaryFunction.POWER, a, x);
      for (int i = 0; i < x.length; i++) {
        float expected = (float) (a * StrictMath.pow(x[i], (double) a - 1));
        assertTrue(Math.abs(slopes[i] - expected) <= 4 * Math.ulp(expected) || Float.compare(expected, slopes[i]) == 0,
            k.name() + ": of " + x[i] + "^" + a + " is " + slopes[i] + ", expected " + expected);
      }
    }
    float[] any = {0, -1, INF, NaN};
    assertArrayEquals(new float[4], slopes(k, UnaryFunction.POWER, 0, any));
    assertArrayEquals(new float[]{1, 1, 1, 1}, slopes(k, UnaryFunction.POWER, 1, any));
    assertArrayEquals(new float[]{0, -2, INF, NaN}, slopes(k, UnaryFunction.POWER, 2, any));
  }

  @ParameterizedTest
  @MethodSource("backends")
  void valuesAtTheEdges(Kernels k) {
    float[] x = {NaN, INF, -INF, 0, -0.0f, MIN_VALUE, -MIN_VALUE};
    assertArrayEquals(new float[]{NaN, 1, -1, 0, -0.0f, MIN_VALUE, -MIN_VALUE}, map(k, UnaryFunction.ERF, 0, x));
    assertArrayEquals(new float[]{NaN, INF, INF, 0, 0, MIN_VALUE, MIN_VALUE}, map(k, UnaryFunction.ABS, 0, x));
    assertArrayEquals(new float[]{NaN, INF, NaN, 0, -0.0f}, map(k, UnaryFunction.SQRT, 0, NaN, INF, -1, 0, -0.0f));
    assertArrayEquals(new float[]{NaN, 0, -0.0f, INF, -INF},
        map(k, UnaryFunction.RECIPROCAL, 0, NaN, INF, -INF, 0, -0.0f));
    assertArrayEquals(new float[]{NaN, INF, -INF, 0, -0.0f},
        map(k, UnaryFunction.LEAKY_RELU, 0.5f, NaN, INF, -INF, 0, -0.0f));
    assertArrayEquals(new float[]{NaN, INF, -2, 0, -0.0f}, map(k, UnaryFunction.ELU, 2, NaN, INF, -INF, 0, -0.0f));
    for (UnaryFunction f : List.of(UnaryFunction.GELU, UnaryFunction.GELU_TANH, UnaryFunction.SILU)) {
      assertArrayEquals(new float[]{NaN, INF, NaN, 0, -0.0f, 1e20f, -0.0f, MAX_VALUE, -0.0f},
          map(k, f, 0, NaN, INF, -INF, 0, -0.0f, 1e20f, -1e20f, MAX_VALUE, -MAX_VALUE), f + " on " + k.name());
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void slopesAtTheEdges(Kernels k) {
    assertArrayEquals(new float[]{0, -0.0f, 1, -1, NaN}, slopes(k, UnaryFunction.ABS, 0, 0, -0.0f, INF, -INF, NaN));
    assertArrayEquals(new float[]{INF, -INF, 0.25f, 0}, slopes(k, UnaryFunction.SQRT, 0, 0, -0.0f, 4, INF));
    assertArrayEquals(new float[]{0.1f, 0.1f, 1, 0.1f}, slopes(k, UnaryFunction.LEAKY_RELU, 0.1f, 0, -1, 1, NaN));
    assertArrayEquals(new float[]{1.5f, 1.5f, 1, 0}, slopes(k, UnaryFunction.ELU, 1.5f, 0, -0.0f, 1, -INF));
    assertArrayEquals(new float[]{INF, -INF, 0, -0.5f}, slopes(k, UnaryFunction.LOG, 0, 0, -0.0f, INF, -2));
    for (UnaryFunction f : List.of(UnaryFunction.GELU, UnaryFunction.GELU_TANH, UnaryFunction.SILU)) {
      assertArrayEquals(new float[]{0.5f, 0.5f, 1, 1, 1, 0, NaN},
          normalZeros(slopes(k, f, 0, 0, -0.0f, 200, 1e20f, MAX_VALUE,
              -1e20f, NaN)),
          f + " on " + k.name());
    }
    // the gradient itself
    float[] dx = new float[3];
    k.mapBackward(UnaryFunction.SQRT, 0, 0, of(0, 0, 0), of(0, 0, 0), of(0, 1, NaN), of(dx), 0, 3);
    assertArrayEquals(new float[]{NaN, INF, NaN}, dx);
  }

  private static float[] normalZeros(float[] x) {
    for (int i = 0; i < x.length; i++) {
      x[i] += 0.0f; // -0 + 0 is 0
    }
    return x;
  }

  @ParameterizedTest
  @MethodSource("backends")
  void tiesAndNaN(Kernels k) {
    float[] a = {1, 2, 3, NaN, 1, -0.0f}, b = {2, 2, 1, 1, NaN, 0}, y = new float[6], da = new float[6],
        db = new float[6];
    float[] dy = {8, 8, 8, 8, 8, 8};
    k.combine(BinaryFunction.MAXIMUM, of(a), Spread.FULL, of(b), Spread.FULL, of(y), 3, 0, 2);
    assertArrayEquals(new float[]{2, 2, 3, 1, NaN, 0}, y);
    k.combineBackward(BinaryFunction.MAXIMUM, of(a), Spread.FULL, of(b), Spread.FULL, of(dy), of(da), of(db), 3, 0, 2);
    assertArrayEquals(new float[]{0, 4, 8, 0, 0, 4}, da);
    assertArrayEquals(new float[]{8, 4, 0, 8, 8, 4}, db);
    k.combine(BinaryFunction.MINIMUM, of(a), Spread.FULL, of(b), Spread.FULL, of(y), 3, 0, 2);
    assertArrayEquals(new float[]{1, 2, 1, 1, NaN, 0}, y);
    k.combineBackward(BinaryFunction.MINIMUM, of(a), Spread.FULL, of(b), Spread.FULL, of(dy), of(da), of(db), 3, 0, 2);
    assertArrayEquals(new float[]{8, 4, 0, 0, 0, 4}, da);
    assertArrayEquals(new float[]{0, 4, 8, 8, 8, 4}, db);
    k.combine(BinaryFunction.LESS, of(a), Spread.FULL, of(b), Spread.FULL, of(y), 3, 0, 2);
    assertArrayEquals(new float[]{1, 0, 0, 0, 0, 0}, y);
  }

  @ParameterizedTest
  @MethodSource("backends")
  void spreads(Kernels k) {
    float[] y = new float[6];
    k.combine(BinaryFunction.ADD, of(10, 20), Spread.PER_ROW, of(1, 2, 3), Spread.PER_COLUMN, of(y), 3, 0, 2);
    assertArrayEquals(new float[]{11, 12, 13, 21, 22, 23}, y);
    k.combine(BinaryFunction.SUBTRACT, of(10), Spread.SCALAR, of(y), Spread.FULL, of(y), 3, 1, 2);
    assertArrayEquals(new float[]{11, 12, 13, -11, -12, -13}, y);
  }

  @ParameterizedTest
  @MethodSource("backends")
  void sumsOfRows(Kernels k) {
    float[] y = new float[3];
    // 1 and -1 are of different blocks, of one partial; between blocks nothing overflows
    float[] x = new float[3 * 4097];
    x[0] = MAX_VALUE;
    x[4096] = MAX_VALUE;
    x[4097] = INF;
    x[2 * 4097] = -0.0f;
    k.rowSums(of(x), of(y), 4097, 0, 3);
    assertArrayEquals(new float[]{INF, INF, 0}, y);
  }

  /** The names and their order are those of the C header. */
  @Test
  void theNumbersAreThoseOfTheHeader() throws IOException {
    String header = Files.readString(Path.of(System.getProperty("panagrad.root"), "native/include/panagrad.h"));
    assertEquals(names(UnaryFunction.values()), numbered(header, "PANA_UNARY_FUNCTIONS"));
    assertEquals(names(BinaryFunction.values()), numbered(header, "PANA_BINARY_FUNCTIONS"));
    assertEquals(names(Spread.values()), all("PANA_SPREAD_(\\w+)", header));
  }

  private static List<String> numbered(String header, String table) {
    int start = header.indexOf("#define " + table);
    return all("\\bFUNCTION\\((\\w+)\\)", header.substring(start, header.indexOf("\n\n", start)));
  }

  private static List<String> all(String pattern, String text) {
    return Pattern.compile(pattern).matcher(text).results().map(found -> found.group(1).toLowerCase(Locale.ROOT))
        .toList();
  }

  private static List<String> names(Enum<?>[] values) {
    return Stream.of(values).map(value -> value.name().toLowerCase(Locale.ROOT)).toList();
  }
}
