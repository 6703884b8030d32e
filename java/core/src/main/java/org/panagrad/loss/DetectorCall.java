package org.panagrad.loss;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;
import org.panagrad.check.Memories;
import org.panagrad.kernel.ArraySegments;
import org.panagrad.kernel.Compute;
import org.panagrad.kernel.Kernels;
import org.panagrad.kernel.RowLoss;
import org.panagrad.loss.LossScratch.Use;

/**
 * The arguments of a {@link DetectorLoss} and its memory: made once, then filled and evaluated again and again without
 * allocation. Boxes of positive rows are gathered, go through the box loss, and their gradients are put back; those of
 * other rows are 0, whatever the rows hold. Not thread-safe.
 */
public final class DetectorCall {
  private static final int EDGES = 4;

  private final ArraySegments arrays = new ArraySegments(6);
  private final LossParts parts = new LossParts();
  private final LossCall classCall, boxCall;
  private MemorySegment boxes = MemorySegment.NULL, targets = MemorySegment.NULL;
  private @Nullable MemorySegment gradient;
  private long boxColumns = EDGES, positives, counted;

  private DetectorCall(Compute compute) {
    classCall = LossCall.on(compute);
    boxCall = LossCall.on(compute);
  }

  /**
   * Nothing in it yet.
   *
   * @param compute kernels and threads
   * @return a call
   */
  public static DetectorCall on(Compute compute) {
    return new DetectorCall(compute);
  }

  /**
   * A batch of sampled rows.
   *
   * @param logits         rows x classes floats
   * @param labels         rows ints, 0 for the background
   * @param logitsGradient rows x classes floats, may be {@code logits}; null for the value alone
   * @param boxes          rows x boxColumns floats
   * @param targets        rows x 4 floats; those of rows that are not positive are not read
   * @param boxesGradient  rows x boxColumns floats, may be {@code boxes}; null for the value alone
   * @param rows           samples
   * @param classes        the background included
   * @param boxColumns     4 for one box in a row, 4 x classes for one of each class, of which the label's counts
   * @return this
   * @throws IndexOutOfBoundsException if an array is too short
   * @throws IllegalArgumentException  if boxColumns is neither
   */
  public DetectorCall of(MemorySegment logits, MemorySegment labels, @Nullable MemorySegment logitsGradient,
      MemorySegment boxes, MemorySegment targets, @Nullable MemorySegment boxesGradient, long rows, long classes,
      long boxColumns) {
    if (boxColumns != EDGES && boxColumns != EDGES * classes) {
      throw new IllegalArgumentException(
          "boxColumns is " + boxColumns + ": it must be 4, or 4 times classes, " + EDGES * classes);
    }
    Memories.in("boxes", boxes, rows * boxColumns);
    Memories.in("targets", targets, rows * EDGES);
    Memories.outIfAny("boxesGradient", boxesGradient, rows * boxColumns);
    Kernels kernels = boxCall.compute().kernels();
    kernels.requireReached("boxes", boxes);
    kernels.requireReached("boxesGradient", boxesGradient);
    classCall.of(logits, labels, logitsGradient, rows, classes);
    this.boxes = boxes;
    this.targets = targets;
    gradient = boxesGradient;
    this.boxColumns = boxColumns;
    return this;
  }

  /**
   * The same on arrays.
   *
   * @param logits         rows x classes
   * @param labels         rows, 0 for the background
   * @param logitsGradient rows x classes, may be {@code logits}; null for the value alone
   * @param boxes          rows x boxColumns
   * @param targets        rows x 4; those of rows that are not positive are not read
   * @param boxesGradient  rows x boxColumns, may be {@code boxes}; null for the value alone
   * @param rows           samples
   * @param classes        the background included
   * @param boxColumns     4 for one box in a row, 4 x classes for one of each class, of which the label's counts
   * @return this
   * @throws IndexOutOfBoundsException if an array is too short
   * @throws IllegalArgumentException  if boxColumns is neither
   */
  public DetectorCall of(float[] logits, int[] labels, float @Nullable [] logitsGradient, float[] boxes,
      float[] targets, float @Nullable [] boxesGradient, int rows, int classes, int boxColumns) {
    return of(arrays.of(0, logits), arrays.of(1, labels),
        logitsGradient == null ? null : arrays.of(2, logitsGradient), arrays.of(3, boxes), arrays.of(4, targets),
        boxesGradient == null ? null : arrays.of(5, boxesGradient), rows, classes, boxColumns);
  }

  /**
   * Value and gradients.
   *
   * @param loss of what this call holds
   * @return class loss + boxWeight * box loss
   * @throws IllegalArgumentException if a label is out of range; nothing is written then
   * @throws IllegalStateException    for a mean over nothing, where a policy says so
   */
  public double evaluate(DetectorLoss loss) {
    parts.begin(2);
    double classValue = classCall.evaluate(loss.classes());
    parts.add("class", classValue);
    gather(loss.classes().function());
    double sum = sum(loss);
    double divisor = loss.divisor() == DetectorLoss.Divisor.ROWS ? counted : positives;
    double boxValue = divisor == 0 ? loss.empty().mean() : sum / divisor;
    parts.add("box", boxValue);
    if (gradient != null) {
      scatter(gradient, loss.boxWeight(), divisor);
    }
    return loss.boxWeight() == 0 ? classValue : classValue + loss.boxWeight() * boxValue;
  }

  /** The first of a row's four numbers. */
  private long place(long row) {
    int label = classCall.target().getAtIndex(JAVA_INT, row);
    return row * boxColumns + (boxColumns == EDGES ? 0 : EDGES * label);
  }

  /** Boxes and targets of the positive rows, one behind the other, and the places they came from. */
  private void gather(RowLoss classes) {
    long rows = classCall.rows(), room = EDGES * rows;
    MemorySegment chosen = boxCall.scratch().memory(Use.LABELS, rows),
        x = boxCall.scratch().memory(Use.PROBABILITIES, room),
        t = boxCall.scratch().memory(Use.TARGETS, room);
    Kernels kernels = boxCall.compute().kernels();
    kernels.download(boxes);
    positives = counted = 0;
    for (long r = 0; r < rows; r++) {
      int label = classCall.target().getAtIndex(JAVA_INT, r);
      boolean counts = classes.share(label, 1, false) != 0;
      counted += counts ? 1 : 0;
      if (counts && label > 0) {
        MemorySegment.copy(boxes, JAVA_FLOAT, 4 * place(r), x, JAVA_FLOAT, 16 * positives, EDGES);
        MemorySegment.copy(targets, JAVA_FLOAT, 16 * r, t, JAVA_FLOAT, 16 * positives, EDGES);
        chosen.setAtIndex(JAVA_INT, positives++, (int) r);
      }
    }
    kernels.upload(x);
    kernels.upload(t);
  }

  /** The sum of the losses of the gathered boxes, and its gradient. */
  private double sum(DetectorLoss loss) {
    MemorySegment x = boxCall.scratch().memory(Use.PROBABILITIES, EDGES * positives),
        t = boxCall.scratch().memory(Use.TARGETS, EDGES * positives);
    // the gathered boxes are read no more once they have their gradient
    @Nullable
    MemorySegment dx = gradient == null ? null : x;
    return switch (loss.regression()) {
      case DetectorLoss.Offsets(var function) -> boxCall.of(x, t, dx, positives, EDGES).elements(function, 1);
      case DetectorLoss.Boxes(var box) -> box.sum(boxCall.compute().kernels(), x, t, dx,
          boxCall.scratch().memory(Use.LOSSES, positives), 1, positives);
    };
  }

  private void scatter(MemorySegment gradient, double weight, double divisor) {
    boxCall.scratch().passes().clear(gradient, classCall.rows() * boxColumns);
    if (weight == 0 || divisor == 0) {
      return;
    }
    float factor = (float) (weight / divisor);
    MemorySegment dx = boxCall.scratch().memory(Use.PROBABILITIES, EDGES * positives),
        chosen = boxCall.scratch().memory(Use.LABELS, positives);
    Kernels kernels = boxCall.compute().kernels();
    kernels.download(dx);
    kernels.download(gradient);
    for (long i = 0; i < positives; i++) {
      long to = place(chosen.getAtIndex(JAVA_INT, i));
      for (int edge = 0; edge < EDGES; edge++) {
        gradient.setAtIndex(JAVA_FLOAT, to + edge, factor * dx.getAtIndex(JAVA_FLOAT, EDGES * i + edge));
      }
    }
    kernels.upload(gradient);
  }

  /**
   * What the parts came to.
   *
   * @return "class" and "box" of the last evaluation, before the weight
   */
  public LossParts parts() {
    return parts;
  }

  /**
   * Rows with a box.
   *
   * @return how many in the last evaluation
   */
  public long positives() {
    return positives;
  }
}
