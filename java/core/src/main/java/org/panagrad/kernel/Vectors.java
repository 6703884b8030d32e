package org.panagrad.kernel;

import java.io.InputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;
import org.jspecify.annotations.Nullable;

/**
 * What the loops in the Vector API share. C2 compiles a method once for all its callers, and code that serves heap and
 * off-heap segments orders every access strictly and repeats all checks for each vector, which takes several times as
 * long. So a class of loops exists in three copies: itself for any segments, and two hidden ones whose segments are all
 * of one class; the check at the head of each method tells C2 so.
 *
 * <p>The vector operations stand in the loops themselves, even exp and log, and no vector is an argument or a result of
 * a method of ours: C2 promises to inline the API's methods only, leaves out others that it has compiled alone or seen
 * too seldom, and then makes every vector that crosses the call an object on the heap.
 */
final class Vectors {
  static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
  static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;
  /** Lanes: 16 or 8, else the backend is not supported. */
  static final int L = FLOATS.length();
  static final int BYTES = Float.BYTES, STEP = L * BYTES;
  static final int ONE = Float.floatToRawIntBits(1.0f);
  static final ByteOrder ORDER = ByteOrder.nativeOrder();
  private static final VectorShuffle<Float> DOWN_8 = VectorShuffle.iota(FLOATS, 8, 1, true),
      DOWN_4 = VectorShuffle.iota(FLOATS, 4, 1, true), DOWN_2 = VectorShuffle.iota(FLOATS, 2, 1, true),
      DOWN_1 = VectorShuffle.iota(FLOATS, 1, 1, true);

  private Vectors() {
  }

  /** The class of all segments of the copy that asks, null for any. */
  static @Nullable Class<?> kind(MethodHandles.Lookup self) {
    return data(self, Class.class);
  }

  /** What {@link #copy} gave the class that asks, null in the original. */
  static <T> @Nullable T data(MethodHandles.Lookup self, Class<T> type) {
    try {
      return MethodHandles.classData(self, "_", type);
    } catch (IllegalAccessException e) {
      throw new AssertionError(e);
    }
  }

  /** A copy of these loops, for which data is a constant; the loops themselves where there can be none. */
  @SuppressWarnings("unchecked")
  static <T> T copy(T loops, Object data) {
    try (InputStream code = loops.getClass().getResourceAsStream(loops.getClass().getSimpleName() + ".class")) {
      MethodHandles.Lookup copy = MethodHandles.lookup().defineHiddenClassWithClassData(code.readAllBytes(), data,
          true);
      return (T) copy.findConstructor(copy.lookupClass(), MethodType.methodType(void.class)).invoke();
    } catch (Error e) {
      throw e; // a mistake of ours, which must not hide
    } catch (Throwable e) {
      return loops;
    }
  }

  static AssertionError strange(@Nullable Class<?> kind) {
    return new AssertionError("a segment of another class than " + kind);
  }

  /** {@link Partials#tree}; destroys them. */
  static float tree(float[] partial) {
    for (int w = ScalarKernels.PARTIALS / 2; w >= L; w /= 2) {
      for (int k = 0; k < w; k += L) {
        FloatVector v = FloatVector.fromArray(FLOATS, partial, k + w);
        FloatVector.fromArray(FLOATS, partial, k).add(v).intoArray(partial, k);
      }
    }
    // within a vector lane j takes lane j + w; the lanes from w on are of no account
    FloatVector v = FloatVector.fromArray(FLOATS, partial, 0);
    if (L > 8) {
      v = v.add(v.rearrange(DOWN_8));
    }
    v = v.add(v.rearrange(DOWN_4));
    v = v.add(v.rearrange(DOWN_2));
    return v.add(v.rearrange(DOWN_1)).lane(0);
  }
}
