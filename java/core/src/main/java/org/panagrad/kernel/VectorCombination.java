package org.panagrad.kernel;

import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;
import static org.panagrad.kernel.BinaryFunction.ADD;
import static org.panagrad.kernel.BinaryFunction.MULTIPLY;
import static org.panagrad.kernel.BinaryFunction.SUBTRACT;
import static org.panagrad.kernel.Vectors.BYTES;
import static org.panagrad.kernel.Vectors.FLOATS;
import static org.panagrad.kernel.Vectors.L;
import static org.panagrad.kernel.Vectors.ORDER;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.util.Set;
import jdk.incubator.vector.FloatVector;
import org.jspecify.annotations.Nullable;

/**
 * The loops of {@link VectorLoops.Combination}: a copy for each function and kind of memory, as of {@link VectorLoss}.
 */
final class VectorCombination implements VectorLoops.Combination {
  /** The functions that stand here. */
  static final Set<BinaryFunction> FUNCTIONS = Set.of(ADD, SUBTRACT, MULTIPLY);

  /** What a copy is for. */
  record Form(BinaryFunction function, @Nullable Class<?> kind) {
  }

  private static final @Nullable Form FORM = Vectors.data(MethodHandles.lookup(), Form.class);
  private static final @Nullable BinaryFunction FUNCTION = FORM == null ? null : FORM.function();
  private static final @Nullable Class<?> KIND = FORM == null ? null : FORM.kind();

  @Override
  public void apply(MemorySegment a, long aBase, MemorySegment b, long bBase, MemorySegment y, long yBase,
      int count) {
    if (KIND != null && (a.getClass() != KIND || b.getClass() != KIND || y.getClass() != KIND)) {
      throw Vectors.strange(KIND);
    }
    for (int i = 0; i < count; i += L) {
      long o = (long) i * BYTES;
      FloatVector v = fromMemorySegment(FLOATS, a, aBase + o, ORDER),
          w = fromMemorySegment(FLOATS, b, bBase + o, ORDER);
      v = FUNCTION == ADD ? v.add(w) : FUNCTION == SUBTRACT ? v.sub(w) : v.mul(w);
      v.intoMemorySegment(y, yBase + o, ORDER);
    }
  }

  @Override
  public void apply(MemorySegment a, long aBase, float number, MemorySegment y, long yBase, int count) {
    if (KIND != null && (a.getClass() != KIND || y.getClass() != KIND)) {
      throw Vectors.strange(KIND);
    }
    FloatVector w = broadcast(FLOATS, number);
    for (int i = 0; i < count; i += L) {
      long o = (long) i * BYTES;
      FloatVector v = fromMemorySegment(FLOATS, a, aBase + o, ORDER);
      v = FUNCTION == ADD ? v.add(w) : FUNCTION == SUBTRACT ? v.sub(w) : v.mul(w);
      v.intoMemorySegment(y, yBase + o, ORDER);
    }
  }
}
