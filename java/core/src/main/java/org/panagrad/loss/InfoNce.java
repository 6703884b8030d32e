package org.panagrad.loss;

import java.lang.foreign.MemorySegment;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.panagrad.kernel.Reduction;

/**
 * InfoNCE (van den Oord, Li, Vinyals: Representation Learning with Contrastive Predictive Coding, 2018): query i is to
 * find key i among all keys. With {@code s[i][j] = q[i] . k[j] / temperature}, of rows of length 1 where normalized
 * (divided by {@code max(|q|, 1e-12)}, as PyTorch's normalize does), the loss of query i is
 * {@code ln sum over j of e^s[i][j] - s[i][i]}. Keys beyond the number of queries are further negatives.
 *
 * <p>The symmetric form (CLIP's) takes the mean of that and of the same with queries and keys exchanged. Immutable.
 *
 * @param temperature positive
 * @param normalized  whether similarities are cosines
 * @param symmetric   whether keys look for their queries too
 * @param reduction   NONE and SUM give the sum, MEAN divides by the number of queries
 */
public record InfoNce(double temperature, boolean normalized, boolean symmetric, Reduction reduction) {

  /**
   * Checks the options.
   *
   * @throws IllegalArgumentException if the temperature is not positive or not finite
   */
  public InfoNce {
    Ranges.positive("temperature", temperature);
    Objects.requireNonNull(reduction, "reduction");
  }

  /**
   * Of cosines, from queries to keys, reduced to the mean.
   *
   * @param temperature positive; 0.07 to 0.5 are usual
   * @return the loss
   * @throws IllegalArgumentException if it is not positive or not finite
   */
  public static InfoNce of(double temperature) {
    return new InfoNce(temperature, true, false, Reduction.MEAN);
  }

  /**
   * The same with cosines or plain products.
   *
   * @param other whether similarities are cosines
   * @return the loss
   */
  public InfoNce normalized(boolean other) {
    return new InfoNce(temperature, other, symmetric, reduction);
  }

  /**
   * The same in both directions or one.
   *
   * @param other whether keys look for their queries too
   * @return the loss
   */
  public InfoNce symmetric(boolean other) {
    return new InfoNce(temperature, normalized, other, reduction);
  }

  /**
   * The same with another reduction.
   *
   * @param other of the losses of a batch
   * @return the loss
   */
  public InfoNce reduction(Reduction other) {
    return new InfoNce(temperature, normalized, symmetric, other);
  }

  /**
   * Value and gradients. Nothing is allocated. Gradients overlap no other array.
   *
   * @param call            scratch, which holds the queries' losses afterwards
   * @param queries         queryCount x columns floats
   * @param keys            keyCount x columns floats
   * @param queriesGradient queryCount x columns floats, or null
   * @param keysGradient    keyCount x columns floats, or null
   * @param queryCount      rows of queries
   * @param keyCount        rows of keys, at least queryCount; queryCount for the symmetric form
   * @return the reduced loss; the sum for NONE
   * @throws IndexOutOfBoundsException if memory is too short
   * @throws IllegalArgumentException  if a count is out of range, or a gradient overlaps another array
   */
  public double evaluate(SimilarityCall call, MemorySegment queries, MemorySegment keys,
      @Nullable MemorySegment queriesGradient, @Nullable MemorySegment keysGradient, long queryCount, long keyCount) {
    call.check("queries", queries, queryCount, "queriesGradient", queriesGradient);
    call.check("keys", keys, keyCount, "keysGradient", keysGradient);
    if (keyCount < queryCount || symmetric && keyCount != queryCount) {
      throw new IllegalArgumentException(keyCount + " keys for " + queryCount + " queries: there must be "
          + (symmetric ? "as many, for the symmetric form" : "a key for each query"));
    }
    call.apart("queriesGradient", queriesGradient, queryCount, "queries", queries, queryCount);
    call.apart("queriesGradient", queriesGradient, queryCount, "keys", keys, keyCount);
    call.apart("keysGradient", keysGradient, keyCount, "queries", queries, queryCount);
    call.apart("keysGradient", keysGradient, keyCount, "keys", keys, keyCount);
    call.apart("keysGradient", keysGradient, keyCount, "queriesGradient", queriesGradient, queryCount);
    if (keyCount == 0) {
      return reduction.value(0, 0);
    }
    call.begin(temperature, normalized);
    float scale = symmetric ? reduction.scale(2.0 * queryCount) : reduction.scale(queryCount);
    scale = symmetric && !reduction.divides() ? 0.5f : scale;
    double sum = call.crossEntropy(queries, queryCount, keys, keyCount, 0, false, scale, queriesGradient, false,
        keysGradient, false);
    call.takeLosses(queryCount, false);
    if (symmetric) {
      double back = call.crossEntropy(keys, keyCount, queries, queryCount, 0, false, scale, keysGradient, true,
          queriesGradient, true);
      call.takeLosses(queryCount, true);
      sum = 0.5 * (sum + back);
    }
    return reduction.value(sum, queryCount);
  }
}
