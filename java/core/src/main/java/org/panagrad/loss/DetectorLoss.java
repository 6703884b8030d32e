package org.panagrad.loss;

import java.util.Objects;
import org.panagrad.kernel.ElementLoss;
import org.panagrad.kernel.EmptyPolicy;

/**
 * The loss of a detector's second stage, as Faster R-CNN has it (Girshick: Fast R-CNN, 2015, equation 1; Ren et al.
 * 2015): {@code class loss + boxWeight * box loss}. The class loss runs over all rows, label 0 being the background;
 * the box loss over the positives alone, the rows whose label is above 0 and not ignored. {@link DetectorCall}
 * evaluates it and reports both parts.
 *
 * <pre>{@code
 * DetectorCall call = DetectorCall.on(compute);
 * double total = call.of(logits, labels, logitsGradient, boxes, targets, boxesGradient, rows, classes, 4)
 *     .evaluate(DetectorLoss.of());
 * double box = call.parts().value("box");
 * }</pre>
 *
 * Immutable.
 *
 * @param classes    the loss of the classes, with its options, its reduction and its word on nothing
 * @param regression the loss of a positive row's box
 * @param boxWeight  the paper's lambda, at least 0; 0 only reports
 * @param divisor    what the sum of the box losses is divided by
 * @param empty      what the box loss is where the divisor is 0
 */
public record DetectorLoss(RowwiseLoss classes, Regression regression, double boxWeight, Divisor divisor,
    EmptyPolicy empty) {

  /** The loss of a box. */
  public sealed interface Regression {
  }

  /**
   * Of four numbers, each by itself: offsets in the encoding of the caller's choice.
   *
   * @param function of each number
   */
  public record Offsets(ElementLoss function) implements Regression {
    /** Checks that it is there. */
    public Offsets {
      Objects.requireNonNull(function, "function");
    }
  }

  /**
   * Of boxes by their overlap: corners x1, y1, x2, y2.
   *
   * @param loss kind and epsilon; its reduction is not asked
   */
  public record Boxes(BoxLoss loss) implements Regression {
    /** Checks that it is there. */
    public Boxes {
      Objects.requireNonNull(loss, "loss");
    }
  }

  /** What the sum of the box losses is divided by. */
  public enum Divisor {
    /**
     * All rows sampled, background included (ignored ones not), as in Fast R-CNN and torchvision: an image with few
     * objects says little about boxes.
     */
    ROWS,
    /** The rows with a box: each batch says as much, however few objects it has. */
    POSITIVES
  }

  /**
   * Checks the options.
   *
   * @throws IllegalArgumentException if the class loss takes no labels, or the weight is negative or not finite
   */
  public DetectorLoss {
    Objects.requireNonNull(regression, "regression");
    Objects.requireNonNull(divisor, "divisor");
    Objects.requireNonNull(empty, "empty");
    Ranges.notNegative("boxWeight", boxWeight);
    if (!classes.takesLabels()) {
      throw new IllegalArgumentException("classes is " + classes.function() + ": a loss with labels is needed");
    }
  }

  /**
   * Torchvision's: mean softmax-cross-entropy, smooth L1 with beta 1/9 (the paper's is 1), weight 1, divided by all
   * rows; 0 where there is nothing.
   *
   * @return the loss
   */
  public static DetectorLoss of() {
    return new DetectorLoss(Losses.softmaxCrossEntropy(), new Offsets(ElementLoss.smoothL1(1 / 9.0)), 1, Divisor.ROWS,
        EmptyPolicy.ZERO);
  }

  /**
   * The same with another loss of the classes.
   *
   * @param other with its options, its reduction and its word on nothing
   * @return a loss
   * @throws IllegalArgumentException if it takes no labels
   */
  public DetectorLoss classes(RowwiseLoss other) {
    return new DetectorLoss(other, regression, boxWeight, divisor, empty);
  }

  /**
   * The same with a loss of offsets.
   *
   * @param function of each of the four numbers
   * @return a loss
   */
  public DetectorLoss offsets(ElementLoss function) {
    return new DetectorLoss(classes, new Offsets(function), boxWeight, divisor, empty);
  }

  /**
   * The same with a loss of boxes.
   *
   * @param loss kind and epsilon; its reduction is not asked
   * @return a loss
   */
  public DetectorLoss boxes(BoxLoss loss) {
    return new DetectorLoss(classes, new Boxes(loss), boxWeight, divisor, empty);
  }

  /**
   * The same with another weight of the boxes.
   *
   * @param other at least 0
   * @return a loss
   * @throws IllegalArgumentException if it is negative or not finite
   */
  public DetectorLoss boxWeight(double other) {
    return new DetectorLoss(classes, regression, other, divisor, empty);
  }

  /**
   * The same with another divisor.
   *
   * @param other what the sum of the box losses is divided by
   * @return a loss
   */
  public DetectorLoss divisor(Divisor other) {
    return new DetectorLoss(classes, regression, boxWeight, other, empty);
  }

  /**
   * The same with another word on nothing.
   *
   * @param other what the box loss is where the divisor is 0
   * @return a loss
   */
  public DetectorLoss empty(EmptyPolicy other) {
    return new DetectorLoss(classes, regression, boxWeight, divisor, other);
  }
}
