package org.panagrad.graph;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.MemorySegment;
import org.panagrad.kernel.Kernels;

/** A row for each label: 1 at its class, 0 elsewhere. A label that is no class makes its row NaN at the first. */
public final class OneHotOp extends RangeOp {
  private final Value labels, y;
  private final long classes;

  /**
   * The operation.
   *
   * @param labels an int for each sample
   * @param y      a float for each class of each sample; it needs no gradient
   */
  public OneHotOp(Value labels, Value y) {
    super(y, y.shape().last());
    this.labels = labels;
    this.y = y;
    classes = y.shape().last();
  }

  @Override
  void forward(Kernels kernels, long from, long to) {
    MemorySegment rows = y.data();
    kernels.sumPartials(rows, rows, 0, units() * classes, from * classes, to * classes);
    kernels.download(rows);
    for (long r = from; r < to; r++) {
      int label = labels.data().getAtIndex(JAVA_INT, r);
      boolean known = label >= 0 && label < classes;
      rows.setAtIndex(JAVA_FLOAT, r * classes + (known ? label : 0), known ? 1 : Float.NaN);
    }
    kernels.upload(rows);
  }

  @Override
  void backward(Kernels kernels, long from, long to) {
    // labels have no gradient
  }
}
